// Takes the picture of a report: node picture.mjs REPORT PICTURE
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";

import { chromium } from "playwright-core";

const [report, picture] = process.argv.slice(2);
const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1180, height: 900 }, colorScheme: "light" });
await page.goto(pathToFileURL(report).href);
await page.screenshot({ path: picture, clip: { x: 0, y: 0, width: 1180, height: 1500 }, fullPage: true });
await browser.close();
