// Asks the service, and writes the same request down for other programs.

const address = () => new URL("v1/clean", document.baseURI).href;

/** What the service said instead of an answer; `errors` names the fields at fault. */
export class Refused extends Error {
  constructor(status, title, detail, errors, retryAfter) {
    super(title);
    Object.assign(this, { status, detail, errors, retryAfter });
  }
}

/** Return `{answer, milliseconds}` for a request, with every line explained; or throw `Refused`. */
export async function ask(request, key, signal) {
  const headers = { "Content-Type": "application/json" };
  if (key) headers.Authorization = `Bearer ${key}`;
  const started = performance.now();
  let response;
  try {
    const body = JSON.stringify({ ...request, explain: true });
    response = await fetch(address(), { method: "POST", headers, body, signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, "No answer", "The service cannot be reached. Is it still running?", []);
  }
  const text = await response.text();
  const milliseconds = performance.now() - started;
  let found;
  try {
    found = JSON.parse(text);
  } catch {
    found = { title: `Status ${response.status}`, detail: "The answer is not JSON; a proxy may have sent it.", broken: true };
  }
  if (!response.ok || found.broken) {
    const { title, detail, errors } = found;
    throw new Refused(response.status, title, detail, errors ?? [], response.headers.get("Retry-After"));
  }
  return { answer: found, milliseconds };
}

/** Return the request as a JSON object, to be sent by whatever means. */
export const asJson = (request) => JSON.stringify(request, null, 2);

/** Return a shell command. JSON has no line ends inside, so the lines of an article can never end the here-document. */
export function asCurl(request, withKey) {
  return [
    `curl --silent '${address().replaceAll("'", "%27")}' \\`,
    ...(withKey ? ['  --header "Authorization: Bearer $AFTERWORD_KEY" \\'] : []),
    "  --header 'Content-Type: application/json' \\",
    "  --data-binary @- <<'JSON'",
    JSON.stringify(request),
    "JSON",
    "",
  ].join("\n");
}

/** Return a Python program that needs no library. A string of JSON is a string of Python too. */
export function asPython(request, withKey) {
  const members = Object.entries(request).map(([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)},`);
  return [
    "import json",
    ...(withKey ? ["import os"] : []),
    "import urllib.request",
    "",
    "article = {",
    ...members,
    "}",
    "headers = {",
    '    "Content-Type": "application/json",',
    ...(withKey ? ['    "Authorization": "Bearer " + os.environ["AFTERWORD_KEY"],'] : []),
    "}",
    `request = urllib.request.Request(${JSON.stringify(address())}, json.dumps(article).encode(), headers)`,
    "with urllib.request.urlopen(request) as response:",
    "    answer = json.load(response)",
    'print(answer["body"])',
    "",
  ].join("\n");
}
