// The README's first session without a shell, on the web page in Chromium: node web.js BINARY [FOLDER for screenshots].
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import axe from "axe-core";
import { chromium } from "playwright-core";

const [binary, folder] = process.argv.slice(2);
const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const calls = [...readme.matchAll(/^grpcurl -plaintext -d '(.*)' \S+ palimpsest\.v1\.(\S+)$/gm)].map(([, data, method]) => ({ method, data: JSON.parse(data) }));
const sources = calls.filter(({ method }) => method === "CorpusService/AddSource").map(({ data }) => data.source);
const { text } = calls.find(({ method }) => method === "DetectionService/Check").data;
assert.equal(sources.length, 3, "the README's session adds three sources");

const server = spawn(binary, ["serve", "--in-memory", "--listen", "127.0.0.1:0", "--web-listen", "127.0.0.1:0", "--log-format", "json"], { stdio: ["ignore", "ignore", "pipe"] });
const site = await new Promise((resolve, reject) => {
  let log = "";
  server.on("exit", (code) => reject(new Error(`the server ended with ${code}: ${log}`)));
  server.stderr.setEncoding("utf8").on("data", (data) => {
    log += data;
    const line = log.split("\n").find((line) => line.includes('"web page: listening"') && line.endsWith("}"));
    if (line) resolve(`http://${JSON.parse(line).address}`);
  });
});
const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
// The sandbox needs rights that containers lack. The pages are our own.
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });

// Opens a browser window, and notes everything that a page fetches elsewhere or fails to run.
async function open(options) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const faults = [];
  page.on("request", (request) => request.url().startsWith(site) || faults.push(`fetched ${request.url()}`));
  page.on("pageerror", (error) => faults.push(`error ${error.message}`));
  page.on("console", (message) => message.type() === "error" && faults.push(`console ${message.text()} ${message.location().url}`));
  const close = async () => {
    assert.deepEqual(faults, []);
    await context.close();
  };
  return { page, close };
}

async function addSources(page) {
  for (const { id, title, group, text } of sources) {
    await page.getByRole("link", { name: "Collections" }).click();
    await page.getByRole("link", { name: "Add sources to default" }).click();
    await page.getByLabel("Or paste one text").fill(text);
    await page.getByLabel("Name", { exact: true }).fill(id);
    await page.getByLabel("Title").fill(title);
    await page.getByLabel("Group").fill(group);
    await page.getByRole("button", { name: "Add", exact: true }).click();
    assert.match(await page.textContent("main"), /1 text is in default now/);
  }
}

async function showsReport(page) {
  const report = await page.textContent("main");
  for (const part of ["80.0 %", "12 of 15 words", "bridges", "a BRIDGE is — a promise that two banks make to each other"]) {
    assert.ok(report.includes(part), `${part} is not in the report`);
  }
}

const checks = {
  async "the README's session"() {
    const { page, close } = await open();
    await page.goto(site);
    await addSources(page);
    await page.getByRole("link", { name: "Check a text" }).first().click();
    await page.getByLabel("Or paste the text").fill(text);
    await page.getByRole("button", { name: "Check", exact: true }).click();
    await showsReport(page);
    if (folder) await page.screenshot({ path: join(folder, "web-report.png") });
    await page.getByRole("link", { name: "Check another text" }).click();
    await page.getByLabel("Or paste the text").waitFor();
    await close();
  },

  async "the same without JavaScript, with a file"() {
    const { page, close } = await open({ javaScriptEnabled: false, viewport: { width: 400, height: 800 } });
    await page.goto(site);
    await page.getByLabel("File", { exact: true }).setInputFiles({ name: "essay.txt", mimeType: "text/plain", buffer: Buffer.from(text) });
    await page.getByRole("button", { name: "Check", exact: true }).click();
    await showsReport(page);
    assert.match(await page.textContent("h1"), /essay\.txt/);
    await close();
  },

  async "a Word document is added as a source, and checked"() {
    const { page, close } = await open();
    const essay = new URL("../../tests/fixtures/documents/libreoffice.docx", import.meta.url).pathname;
    await page.goto(`${site}/collections/default/add`);
    await page.getByLabel("Files", { exact: true }).setInputFiles(essay);
    await page.getByRole("button", { name: "Add", exact: true }).click();
    assert.match(await page.textContent("main"), /1 text is in default now/);
    await page.goto(site);
    await page.getByLabel("File", { exact: true }).setInputFiles(essay);
    await page.getByRole("button", { name: "Check", exact: true }).click();
    const report = await page.textContent("main");
    for (const part of ["libreoffice.docx", "100.0 %", "Word (.docx)"]) assert.ok(report.includes(part), `${part} is not in the report`);
    await page.goto(`${site}/collections/default`);
    await page.getByRole("link", { name: "Delete libreoffice.docx" }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    await close();
  },

  async "a dropped file is chosen, and checked"() {
    const { page, close } = await open();
    await page.goto(site);
    const dropped = await page.evaluateHandle((text) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], "dropped.txt", { type: "text/plain" }));
      return transfer;
    }, text);
    await page.locator("[data-drop]").first().dispatchEvent("drop", { dataTransfer: dropped });
    assert.equal(await page.locator("[data-chosen]").first().textContent(), "Chosen: dropped.txt");
    await page.getByRole("button", { name: "Check", exact: true }).click();
    await showsReport(page);
    await close();
  },

  async "all sources are compared"() {
    const { page, close } = await open();
    await page.goto(`${site}/collections/default/pairs`);
    await page.getByRole("button", { name: "Compare" }).click();
    await page.locator("h1", { hasNotText: "Comparing" }).waitFor();
    await page.waitForURL(/\/pairs\//);
    assert.ok((await page.textContent("body")).includes("default"));
    await close();
  },

  async "axe-core finds no violation, and no page is wider than its window"() {
    const paths = ["/", "/collections", "/collections/default", "/collections/default/add", "/collections/default/pairs", "/collections/default/delete?id=bridges", "/collections/default/source?id=bridges", "/collections/default/source/grammar?id=bridges", "/collections/default/source/writing?id=bridges"];
    for (const [colorScheme, width] of [["light", 1280], ["dark", 1280], ["light", 400], ["dark", 400]]) {
      const { page, close } = await open({ colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
      for (const path of paths) {
        await page.goto(site + path);
        await page.evaluate(axe.source);
        const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 150))}`);
        assert.deepEqual(found, [], `${path} ${colorScheme} ${width}`);
        const { scroll, client } = await page.evaluate(() => ({ scroll: document.documentElement.scrollWidth, client: document.documentElement.clientWidth }));
        assert.ok(scroll <= client, `${path}: ${scroll} > ${client}`);
        if (folder) await page.screenshot({ path: join(folder, `web${path.replaceAll(/\W+/g, "-")}-${colorScheme}-${width}.png`), fullPage: true });
      }
      await close();
    }
  },

  async "a source has a page as in a library"() {
    const { page, close } = await open();
    await page.goto(`${site}/collections/default`);
    await page.getByRole("link", { name: "bridges", exact: true }).click();
    for (const part of ["about 1 page", "A bridge is", "helpful"]) assert.ok((await page.textContent("main")).includes(part), part);
    // A build without the feature `grammar` says that it has no checker.
    for (const [link, part] of [["Plagiarism", /How to read/], ["Grammar", /findings in|not checked/], ["Writing Score", /Flesch/]]) {
      await page.getByRole("link", { name: link, exact: true }).click();
      assert.match(await page.textContent("body"), part, link);
      await page.goBack();
    }
    await close();
  },

  async "a source is deleted"() {
    const { page, close } = await open();
    await page.goto(`${site}/collections/default`);
    await page.getByRole("link", { name: "Delete tides" }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    const left = await page.textContent("main");
    assert.ok(left.includes("ferries") && !left.includes("tides") && left.includes("2 sources"), left);
    await close();
  },
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  const began = performance.now();
  try {
    await check();
    console.log(`ok ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name}\n${error.stack}`);
  }
}
await browser.close();
server.removeAllListeners("exit");
server.kill("SIGTERM");
process.exitCode = failed ? 1 : 0;
