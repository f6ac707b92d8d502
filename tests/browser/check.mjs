// Opens a report in a real browser and uses it:
//   cargo run -- -f html samples/canal-node > report.html && node tests/browser/check.mjs report.html
// Ends with 1 when anything is not as it should be.
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { Browser } from "./page.mjs";

const url = pathToFileURL(process.argv[2]).href;
const browser = await Browser.start();
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
// What the page shows once it is true, or after 5 s as it is: a busy machine is slow, not wrong.
async function settled(question, isSo) {
  for (let tries = 0; tries < 50; tries += 1) {
    const answer = await page.get(question);
    if (isSo(answer)) return answer;
    await sleep(100);
  }
  return page.get(question);
}
const shown = "document.querySelectorAll('details.incident:not([hidden])').length";
let failed = 0;

async function check(name, what) {
  try {
    const said = await what();
    console.log("ok    " + name + (said ? ": " + said : ""));
  } catch (error) {
    failed += 1;
    console.log("FAIL  " + name + ": " + error.message);
  }
}

const begin = Date.now();
let page = await browser.open(url);
await check("it loads", async () => {
  const count = await page.get("document.querySelectorAll('details.incident').length");
  return count + " incidents in " + (Date.now() - begin) + " ms";
});

await check("texts of logs are texts", async () => {
  await page.get("document.querySelector('#open-all')?.click()");
  assert.equal(await page.get("document.querySelectorAll('script').length"), 1);
  assert.equal(await page.get("document.querySelectorAll('img, iframe, object, embed, link, base, form:not(#filters)').length"), 0);
  assert.equal(await page.get("[...document.querySelectorAll('*')].some((e) => [...e.attributes].some((a) => /^on/i.test(a.name)))"), false);
  assert.equal(await page.get("[...document.links].every((link) => link.getAttribute('href')?.startsWith('#') ?? link.href.baseVal.startsWith('#'))"), true);
  await page.get("document.querySelector('#close-all')?.click()");
});

await check("an incident opens", async () => {
  await page.get("document.querySelector('details.incident:not([hidden]) > summary').click()");
  assert.equal(await page.get("document.querySelector('details.incident:not([hidden])').open"), true);
  assert.ok((await page.get("document.querySelector('details.incident:not([hidden]) .body').textContent.length")) > 50);
});

await check("lines of proof stand between their neighbours", async () => {
  const list = "[...document.querySelector('details.incident:not([hidden])').querySelectorAll('.lines')]";
  const blocks = await page.get(list + ".map((pre) => [...pre.children].map((line) => [line.className, Number(line.dataset.n), line.textContent]))");
  const neighbours = blocks.flat().filter(([kind]) => kind === "near").length;
  assert.ok(blocks.length > 0 && neighbours > 0, blocks.length + " blocks, " + neighbours + " neighbours");
  for (const lines of blocks) {
    assert.equal(lines.filter(([kind]) => kind === "").length, 1);
    lines.forEach(([, number], at) => assert.equal(number, lines[0][1] + at));
  }
  // What is copied is what stands in the file: no numbers.
  const copied = await page.get(list + "[0].textContent");
  assert.equal(copied, blocks[0].map(([, , text]) => text).join(""));
  assert.equal(await page.get("{ const line = " + list + "[0].lastElementChild; line.getClientRects().length; }"), 1);
  return blocks.length + " lines, " + neighbours + " neighbours";
});

await check("tables sort", async () => {
  const first = "document.querySelector('#answer tbody th').textContent";
  const button = "document.querySelector('#answer thead button').click()";
  const order = async () => (await page.get(button), page.get(first));
  const [up, down] = [await order(), await order()];
  const names = await page.get("[...document.querySelectorAll('#answer tbody th')].map((cell) => cell.textContent)");
  const sorted = names.slice().sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
  assert.deepEqual([up, down], [sorted[0], sorted[sorted.length - 1]]);
  assert.equal(await page.get("document.querySelector('#answer th[aria-sort]').getAttribute('aria-sort')"), "descending");
});

await check("the process table searches and sorts by size", async () => {
  const body = "[...document.querySelectorAll('.body')].find((body) => body.querySelector('.find input'))";
  if (!(await page.get("!!" + body))) return "no large table here";
  const box = body + ".querySelector('.find input')";
  const type = (text) => page.get("{ const box = " + box + "; box.value = " + JSON.stringify(text) + "; box.dispatchEvent(new Event('input')); }");
  const rows = "[..." + body + ".querySelectorAll('table.searchable tbody tr')].filter((row) => !row.hidden)";
  const before = await page.get(rows + ".length");
  await type(await page.get(rows + "[0].cells[1].textContent"));
  const after = await page.get(rows + ".length");
  assert.ok(after >= 1 && after < before, before + " rows, then " + after);
  await type("");
  await page.get(body + ".querySelector('table.searchable thead th:nth-child(4) button').click()");
  const sizes = await page.get(rows + ".map((row) => Number(row.cells[3].dataset.v || -1))");
  assert.deepEqual(sizes, sizes.slice().sort((a, b) => b - a));
  return after + " of " + before + " rows found";
});

await check("the search narrows the list", async () => {
  const all = await page.get(shown);
  await page.get("{ const box = document.querySelector('#find'); box.value = document.querySelector('details.incident').id.slice(9); box.dispatchEvent(new Event('input', { bubbles: true })); }");
  assert.equal(await settled(shown, (count) => count === 1), 1);
  const begin = Date.now();
  await page.get("{ const box = document.querySelector('#find'); box.value = ''; box.dispatchEvent(new Event('input', { bubbles: true })); }");
  assert.equal(await settled(shown, (count) => count === all), all);
  return "all again after " + (Date.now() - begin) + " ms";
});

await check("the timeline zooms, and the list follows", async () => {
  if (!(await page.get("!!document.querySelector('#lanes')"))) return "no times here";
  const all = await page.get(shown);
  await page.get("document.querySelector('#lanes svg').scrollIntoView({ block: 'center', behavior: 'instant' })");
  await sleep(100);
  const box = await page.get("(({ left, top, width, height }) => ({ left, top, width, height }))(document.querySelector('#lanes svg').getBoundingClientRect())");
  const y = box.top + box.height / 2;
  await page.drag([box.left + box.width * 0.55, y], [box.left + box.width * 0.99, y]);
  const part = await settled(shown, (count) => count < all);
  assert.ok(part < all, "all " + all + ", then " + part);
  assert.equal(await page.get("location.hash"), "");
  const view = () => page.get("document.querySelector('#lanes svg').getAttribute('viewBox')");
  const before = await view();
  await page.get("document.querySelector('#lanes').focus(); document.querySelector('#lanes').dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', bubbles: true }))");
  assert.notEqual(await view(), before);
  await page.get("document.querySelector('[data-zoom=all]').click()");
  assert.equal(await settled(shown, (count) => count === all), all);
  return part + " of " + all;
});

await check("a permalink opens its incident", async () => {
  const id = await page.get("[...document.querySelectorAll('details.incident')].at(-1).id");
  await page.get("location.hash = '#" + id + "'");
  await sleep(300);
  assert.equal(await page.get("document.getElementById('" + id + "').open && !document.getElementById('" + id + "').hidden"), true);
  assert.equal(await page.get("document.activeElement.closest('details').id"), id);
});

await check("nothing was asked for, and nobody complained", async () => {
  assert.deepEqual(page.complaints, []);
  assert.deepEqual([...new Set(page.requests)], [url]);
});

await check("without scripts everything can be read", async () => {
  const plain = await browser.open(url, { scripts: false });
  const { root } = await plain.send("DOM.getDocument", { depth: 1 });
  const { nodeIds } = await plain.send("DOM.querySelectorAll", { nodeId: root.nodeId, selector: "noscript .body" });
  const { nodeIds: all } = await plain.send("DOM.querySelectorAll", { nodeId: root.nodeId, selector: "details.incident" });
  assert.equal(nodeIds.length, all.length);
  assert.ok(all.length > 0);
});

await browser.stop();
process.exit(failed ? 1 : 0);
