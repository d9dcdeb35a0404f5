// Writes the texts that the checks render: a small essay with its sources, scripts, hostile texts, a class, a large text.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [folder] = process.argv.slice(2);

// A generator of numbers that is the same in every run.
let state = 20260501;
const random = (below) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};
const pick = (list) => list[random(list.length)];
const word = () => Array.from({ length: 1 + random(4) }, () => pick("bcdfglmnprst") + pick("aeiou")).join("");
const vocabulary = Array.from({ length: 9000 }, word);
const words = (count) => Array.from({ length: count }, () => pick(vocabulary));
const prose = (list) => {
  const sentences = [];
  for (let at = 0; at < list.length; ) {
    const length = 6 + random(12);
    const sentence = list.slice(at, at + length).join(" ");
    sentences.push(sentence[0].toUpperCase() + sentence.slice(1) + ".");
    at += length;
  }
  return sentences.join(" ");
};
const altered = (list) => list.map((one, place) => (place % 9 === 5 ? pick(vocabulary) : one));

const write = (path, text) => {
  const at = join(folder, path);
  mkdirSync(join(at, ".."), { recursive: true });
  writeFileSync(at, text);
};

const lighthouses = `The lighthouses of the northern coast

Before the lamps were electric, every lighthouse on the northern coast was kept by a family. The keeper trimmed the wicks at dusk, wound the clockwork that turned the lens, and wrote the weather into a book that was sent to the capital twice a year. The books survive, and they are the longest unbroken record of the wind that anyone on that coast possesses.
`;
const weather = `Weather books and their readers

Historians of climate have come late to the weather books. The keeper trimmed the wicks at dusk, wound the clockwork that turned the lens, and wrote the weather into a book that was sent to the capital twice a year. What nobody expected was how exact they were: the estimates of wind made by eye differ from those of instruments by less than half a degree of the scale.

A record is only as good as the habit that keeps it. The habit in this case was fear of the inspector, who arrived without notice and compared the entries with the log of the supply ship.
`;
const birds = `On the birds of the outer rocks

Most of the birds that strike a lantern are young and on their first journey. They come in the nights of October when the wind is from the south-east and the cloud is low, and they circle the beam until they are exhausted. Keepers collected them in baskets in the morning.
`;
const essay = `What the keepers knew

For two hundred years the coast had observers who were never called scientists. Before the lamps were electric, every lighthouse on the northern coast was kept by a family. The keeper trimmed the wicks at dusk, wound the clockwork that turned the lens, and wrote the weather into a book that was sent to the capital twice a year. I want to ask what these books can tell us and why so few people read them.

It is easy to see why they were ignored. As one study puts it, “Historians of climate have come late to the weather books” (Aldous, 2014). What surprised everybody was how exact they were: the estimates of wind made by eye deviate from those of instruments by less than half a degree of the scale. A record is only as reliable as the habit that keeps it, and the habit here was fear of the inspector, who came without warning and compared the entries with the log of the supply ship.

The second thing the keepers knew was birds. Most of the birds that hit a lantern are juvenile and on their first migration. They arrive in the nights of October when the wind is from the south-east and the cloud is low, and they circle the beam until they are exhausted. Th\u200Beir num\u200Bbers are rec\u200Borded in the s\u0430me bo\u043Eks as the weather.

My own view is that both records belong together. A keeper who counted the birds on a night of low cloud was measuring the cloud as well, and nobody has yet put the two columns side by side. That is what I propose to do in the second part, using three stations for which both books are complete.

References

Aldous, M. (2014). Weather books and their readers. Journal of Coastal History, 12(3), 44-61.
Brandt, K. (2009). On the birds of the outer rocks. Northern Press, Bergen.
`;
write("essay/essay.txt", essay);
write("essay/sources/lighthouses.txt", lighthouses);
write("essay/sources/weather-books.txt", weather);
write("essay/sources/birds.txt", birds);

const chinese = "数据结构课程要求每个学生独立完成一份实验报告，报告必须说明所用算法的时间复杂度，并与课堂上讨论的方法进行比较。";
const arabic = "تقع المنارة القديمة على طرف الجزيرة الشمالي، وكان حارسها يشعل المصباح عند الغروب ويكتب حالة الطقس في دفتر يرسل إلى العاصمة مرتين في السنة.";
const persian = "او می\u200Cخواست کتاب\u200Cهای قدیمی را دوباره بخواند و نوشته\u200Cهای آن\u200Cها را با هم مقایسه کند.";
write("scripts/scripts.txt", `我的作业\n\n首先介绍背景。${chinese}以上是要求。\n\nقال الكاتب: ${arabic}\u202E evil \u202C\n\n${persian}\n`);
write("scripts/sources/report.txt", `实验报告\n\n${chinese}\n\n学生应当在第八周之前提交。\n\n${arabic} ${persian}\n`);

const attack = `<script>window.hacked=1</script><img src=x onerror="window.hacked=2"><svg onload=window.hacked=3>`;
const hostile = `</div></mark></title></style></textarea><!-- ${attack} "'\`>\u2028\u2029 {{7*7}} \${alert(1)} javascript:alert(1) &lt;b&gt; \u0000\u0001\u001B[31m \u202Egnp.exe\u202C\uFEFF ]]> <base href="https://example.org/"><link rel=stylesheet href="https://example.org/a.css"><iframe src="https://example.org/"></iframe><form action="https://example.org/"><meta http-equiv=refresh content="0;url=https://example.org/">`;
write("hostile/hostile.txt", `${hostile}\n\n${weather}\n${hostile}\n`);
write("hostile/sources/source.txt", `${hostile}\n\n${weather}`);

const shared = [260, 120, 70, 40, 150].map((length) => prose(words(length)));
const own = () => prose(words(90));
const members = [
  ["amber", 0], ["birch", 0], ["cedar", 0, 1], ["dahlia", 1], ["elder", 2, 3], ["fern", 2], ["gorse", 3], ["hazel", 4, 4], ["iris", 4], ["juniper"],
];
for (const [name, ...parts] of members) {
  write(`class/${name}.txt`, [own(), ...parts.map((part) => shared[part]), own()].join("\n\n"));
}

const sources = Array.from({ length: 20 }, () => []);
const large = [];
for (let place = 0; place < 2000; place += 1) {
  const passage = words(45);
  large.push(prose(place % 2 ? altered(passage) : passage), prose(words(45)) + (place % 3 ? "" : "\n\n"));
  sources[place % 20].push(prose(passage), prose(words(30)));
}
write("large/large.txt", large.join("\n"));
sources.forEach((parts, place) => write(`large/sources/l${place}.txt`, parts.join("\n\n")));
