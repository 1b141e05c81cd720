// Clean pages with Node's fetch: node with_fetch.mjs page.html ... (the service at AFTERWORD_URL, or on port 8000).
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const URL_ = process.env.AFTERWORD_URL ?? "http://127.0.0.1:8000";
const AGAIN = new Set([429, 502, 503, 504]);

// The answer to {text} or {html} with options; throws what is wrong with the request.
// Cleaning changes nothing on the service, so a request may be sent again: while it starts, when it is busy.
async function clean(request, patience = 60_000) {
  const until = Date.now() + patience;
  for (let wait = 250; ; wait = Math.min(2 * wait, 10_000)) {
    let asked = 0;
    try {
      const answer = await fetch(`${URL_}/v1/clean`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(request),
        signal: AbortSignal.timeout(150_000),
      });
      if (answer.ok) return await answer.json();
      if (!AGAIN.has(answer.status)) {
        throw Object.assign(new Error((await answer.json()).detail), { refused: true });
      }
      asked = 1000 * Number(answer.headers.get("Retry-After") ?? 0);
    } catch (error) {
      if (error.refused || Date.now() + wait > until) throw error;
    }
    if (Date.now() + wait > until) throw new Error("the service is away");
    await sleep(Math.max(asked, wait * (0.5 + Math.random() / 2)));
  }
}

for (const name of process.argv.slice(2)) {
  const { body, related } = await clean({ html: await readFile(name, "utf8"), url: "https://news.example/" });
  console.log(body);
  for (const { title, url } of related) console.log("related:", title, url ?? "");
}
