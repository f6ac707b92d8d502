// Pictures of an HTML report in both colour schemes: shots.mjs REPORT FOLDER
import { pathToFileURL } from "node:url";
import { Browser } from "../../tests/browser/page.mjs";

const [report, folder] = process.argv.slice(2);
const url = pathToFileURL(report).href;
const browser = await Browser.start();
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
for (const [name, dark] of [["light", false], ["dark", true]]) {
  const page = await browser.open(url, { dark, width: 1120, height: 1180 });
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
await browser.stop();
