// Pictures of an HTML report in both colour schemes, and of one in Chinese: shots.mjs REPORT CHINESE FOLDER
import { pathToFileURL } from "node:url";
import { Browser } from "../../tests/browser/page.mjs";

const [report, chinese, folder] = process.argv.slice(2);
const url = pathToFileURL(report).href;
const browser = await Browser.start();
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const pages = [["light", url, false], ["dark", url, true], ["chinese", pathToFileURL(chinese).href, false]];
for (const [name, address, dark] of pages) {
  const page = await browser.open(address, { dark, width: 1120, height: 1180 });
  await page.get("document.querySelector('details.incident:not([hidden]) > summary').click()");
  await page.get("document.activeElement?.blur()");
  await sleep(300);
  await page.shot(`${folder}/html-${name}.png`);
}
const page = await browser.open(url, { width: 1120, height: 900 });
await page.get("document.documentElement.style.scrollBehavior = 'auto'; document.querySelector('details.incident:not([hidden]) > summary').click()");
await page.get("[...document.querySelectorAll('.body h3')].find((head) => head.textContent === 'Who held it').scrollIntoView()");
await sleep(300);
await page.shot(`${folder}/html-incident.png`);
await page.get("{ const dump = document.querySelector('details.dump'); dump.open = true; dump.scrollIntoView(); }");
await sleep(300);
await page.shot(`${folder}/html-dump.png`);
await browser.stop();
