// Looks at the reference page as a person does: node page.mjs BROWSER URL [--site | --hostile |
// DOCUMENT]. With the name of a document it is only opened, whatever it is; with `--site` it is that of a workspace, as
// files, with `--hostile` that of `hostile.yaml`; else it is the page of the example `notes`.
import assert from "node:assert/strict";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const [executablePath, url, documentName] = process.argv.slice(2);
const origin = new URL(url).origin;
const folder = dirname(fileURLToPath(import.meta.url));
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });

/** What no page may do: ask another host, say an error, or break its own policy. */
const faults = [];

/** Opens the page in a browser that has never been there. */
const open = async (options = {}) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin });
  const page = await context.newPage();
  page.on("request", (request) => {
    const asked = request.url();
    if (!asked.startsWith(`${origin}/`) && !asked.startsWith("data:")) {
      faults.push(`asked ${asked}`);
    }
  });
  page.on("console", (message) => {
    // The browser notes each answer of 4xx; those that are expected here are the only ones.
    if (["error", "warning"].includes(message.type()) && !message.text().includes("401 (Unauthorized)")) {
      faults.push(`${message.type()}: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => faults.push(`failed: ${error.message}`));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) =>
      console.error(`the policy refuses ${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  await page.goto(url);
  await page.waitForSelector(".opblock, .opblock-tag", { timeout: 120_000 });
  return page;
};

const shot = (page, name) => page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });

/** How much wider the page is than the window. */
const overflow = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

const operation = (page, method) => page.locator(`.opblock-${method}`).first();

const openOperation = async (page, method) => {
  const block = operation(page, method);
  await block.locator(".opblock-summary-control").click();
  await block.locator(".opblock-body .responses-wrapper").waitFor();
  return block;
};

/** Tries an operation; returns the status and the body of the answer. */
const execute = async (block) => {
  const trying = block.locator(".try-out__btn");
  if (!(await trying.getAttribute("class")).includes("cancel")) {
    await trying.click();
  }
  await block.locator(".execute").click();
  const row = block.locator(".live-responses-table tbody tr").first();
  await row.waitFor();
  return [await row.locator(".response-col_status").innerText(), await row.locator(".response-col_description").innerText()];
};

const tests = {
  async "an operation is tried, with a key that is kept over a reload"() {
    const page = await open();
    assert.equal(await page.title(), "Notes");
    assert.ok((await page.locator(".servers").innerText()).includes(origin));
    let block = await openOperation(page, "get");
    assert.match((await execute(block))[0], /^401/);
    await page.locator(".scheme-container .authorize").click();
    await page.locator(".dialog-ux input").fill("secret");
    await page.locator(".dialog-ux .authorize").click();
    await page.locator(".dialog-ux .btn-done").click();
    const post = await openOperation(page, "post");
    const [status, body] = await execute(post);
    assert.match(status, /^201/);
    assert.match(body, /"text": "buy milk"/);
    await shot(page, "tried");
    await page.reload();
    await page.waitForSelector(".opblock");
    block = await openOperation(page, "get");
    const [again, notes] = await execute(block);
    assert.match(again, /^200/);
    assert.match(notes, /"id": 1/);
  },

  async "what an operation takes and answers is shown"() {
    const page = await open();
    const get = await openOperation(page, "get");
    const parameters = await get.locator(".parameters-container").innerText();
    for (const word of ["limit", "integer", "(query)", "Default value", "10", "maximum: 100", "deprecated", "newest"]) {
      assert.ok(parameters.includes(word), `${word} is not in:\n${parameters}`);
    }
    const post = await openOperation(page, "post");
    const body = await post.locator(".opblock-section-request-body").innerText();
    assert.equal(await post.locator(".opblock-section-request-body h4.required").count(), 1);
    for (const word of ["application/json", "text", "string", "labels"]) {
      assert.ok(body.includes(word), `${word} is not in:\n${body}`);
    }
    assert.ok((await post.locator(".responses-wrapper").innerText()).includes("application/problem+json"));
    await shot(page, "light");
  },

  async "samples are chosen by keyboard, and copied"() {
    const page = await open();
    const block = await openOperation(page, "post");
    const tabs = block.getByRole("tab");
    await block.locator(".samples-source", { hasText: "X-Key: YOUR_KEY" }).waitFor();
    assert.deepEqual((await tabs.allInnerTexts()).filter((text) => ["curl", "Python"].includes(text)), ["curl", "Python"]);
    const source = block.locator(".samples-source");
    for (const part of ["curl -X 'POST'", `${origin}/notes`, '"text": "buy milk"']) {
      assert.ok((await source.innerText()).includes(part), await source.innerText());
    }
    await block.getByRole("tab", { name: "curl" }).focus();
    await page.keyboard.press("ArrowRight");
    assert.match(await source.innerText(), /requests\.post/);
    await block.locator(".samples-copy").click();
    await block.locator(".samples-status", { hasText: "Copied" }).waitFor();
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /requests\.post/);
    const get = await openOperation(page, "get");
    await get.locator(".samples-source", { hasText: "limit=5" }).waitFor();
    await get.locator(".try-out__btn").click();
    await get.locator("tr[data-param-name=limit] input").fill("7");
    await get.locator(".samples-source", { hasText: "limit=7" }).waitFor();
  },

  async "the keyboard is enough"() {
    const page = await open();
    let steps = 0;
    const isThere = () => page.evaluate(() => document.activeElement.classList.contains("opblock-summary-control"));
    while (!(await isThere())) {
      steps += 1;
      assert.ok(steps < 20, "the first operation is not reached");
      await page.keyboard.press("Tab");
    }
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.equal(outline, "solid");
    await page.keyboard.press("Enter");
    await page.locator(".opblock.is-open").waitFor();
    await shot(page, "keyboard");
  },

  async "a phone needs no scrolling to the side"() {
    const page = await open({ viewport: { width: 375, height: 740 }, isMobile: true, hasTouch: true });
    assert.equal(await overflow(page), 0);
    for (const method of ["get", "post"]) {
      const block = await openOperation(page, method);
      await block.locator(".samples-source").waitFor();
      await execute(block);
    }
    await shot(page, "phone");
    assert.equal(await overflow(page), 0);
    await page.locator(".scheme-container .authorize").click();
    await page.locator(".dialog-ux input").waitFor();
    await page.screenshot({ path: join(folder, "phone-key.png") });
    assert.equal(await overflow(page), 0);
  },

  async "it is dark where the system is"() {
    const page = await open({ colorScheme: "dark" });
    const background = () =>
      page.evaluate(() => {
        const lit = (element) => getComputedStyle(element).backgroundColor.match(/[\d.]+/g).map(Number);
        const [red, green, blue] = lit(document.body);
        return Math.max(red, green, blue);
      });
    assert.ok((await background()) < 64);
    await openOperation(page, "get");
    const post = await openOperation(page, "post");
    await post.locator(".samples-source").waitFor();
    await shot(page, "dark");
    await page.emulateMedia({ colorScheme: "light" });
    await page.waitForFunction(() => !document.documentElement.classList.contains("dark-mode"));
    assert.ok((await background()) > 192);
  },
};

const foreign = {
  async [`${documentName} opens`]() {
    const page = await open();
    if ((await page.locator(".opblock").count()) === 0) {
      await page.locator(".opblock-tag .expand-operation").first().click();
    }
    await page.locator(".opblock-summary-control").first().click();
    await page.locator(".opblock-body .responses-wrapper").first().waitFor({ timeout: 120_000 });
    assert.equal(await page.locator(".errors-wrapper").count(), 0);
    await page.screenshot({ path: join(folder, `${basename(documentName)}.png`) });
  },
};

const site = {
  async "files show the document and its samples, and call nobody"() {
    const page = await open();
    const put = await openOperation(page, "put");
    assert.equal(await page.locator(".try-out__btn").count(), 0);
    assert.deepEqual((await put.getByRole("tab").allInnerTexts()).filter((text) => /^(curl|Rust)$/.test(text)), ["curl", "Rust"]);
    await put.getByRole("tab", { name: "Rust" }).click();
    assert.match(await put.locator(".samples-source").innerText(), /client\s+\.outbound_campaign_update\(\)/);
    await shot(page, "site");
  },
};

const hostile = {
  async "nothing of a document runs"() {
    const page = await open();
    const block = await openOperation(page, "get");
    await block.getByRole("tab").last().click();
    assert.match(await block.locator(".samples-source").innerText(), /<img src=data/);
    for (const link of await page.locator("a").all()) {
      assert.ok(!/^\s*javascript:/i.test((await link.getAttribute("href")) || ""), await link.evaluate((own) => own.outerHTML));
    }
    await page.waitForTimeout(500);
    assert.equal(await page.evaluate(() => window.harmed), undefined);
    await shot(page, "hostile");
  },
};

let failed = 0;
const chosen = { "--site": site, "--hostile": hostile }[documentName] || (documentName ? foreign : tests);
for (const [name, test] of Object.entries(chosen)) {
  faults.length = 0;
  const start = Date.now();
  try {
    await test();
    assert.deepEqual(faults, []);
    console.log(`ok: ${name} (${Date.now() - start} ms)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED: ${name}\n${error.stack}\n${faults.join("\n")}`);
    for (const context of browser.contexts()) {
      for (const page of context.pages()) {
        await page.screenshot({ path: join(folder, "failed.png"), fullPage: true });
      }
    }
  }
  for (const context of browser.contexts()) {
    await context.close();
  }
}
await browser.close();
process.exit(failed > 0 ? 1 : 0);
