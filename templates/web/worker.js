// Heritage {{ version }}
// What was taken along is shown where the network fails, and only there: as long as the server answers,
// each page is the server's, so that the worker of an old release cannot show a page that is broken.

const PATIENCE = 8_000; // milliseconds until a page that was taken along is shown instead
const ELSEWHERE = "?elsewhere"; // what is shown for a page that was not taken along
const BLANK = { "Content-Type": "image/svg+xml", "X-Taken-Along": "1" };
const NOTHING = '<svg xmlns="http://www.w3.org/2000/svg"/>';

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  const isOurs = method === "GET" && origin === location.origin && !/^\/[^/]+\/(admin|accounts)\//.test(pathname);
  if (isOurs) event.respondWith(answer(event.request));
});

async function answer(request) {
  const fresh = fetch(request);
  const isPage = request.mode === "navigate";
  try {
    return await (isPage ? Promise.race([fresh, late()]) : fresh);
  } catch {
    const found = await takenAlong(request.url);
    if (found) return found;
    if (request.destination === "image") return new Response(NOTHING, { headers: BLANK });
    return fresh.catch(async (problem) => {
      const elsewhere = isPage && (await takenAlong(ELSEWHERE));
      if (elsewhere) return elsewhere;
      throw problem;
    });
  }
}

function late() {
  return new Promise((_, refuse) => setTimeout(refuse, PATIENCE));
}

// Everything is stored compressed by static/js/along.js.
async function takenAlong(url) {
  const found = await caches.match(url, { ignoreVary: true });
  return found && new Response(found.body.pipeThrough(new DecompressionStream("gzip")), { headers: found.headers });
}
