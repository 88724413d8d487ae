// The list of sites made quicker: filters apply at once, long facets are searched in place.

const desk = matchMedia("(min-width: 60rem)");
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
let before = { open: [], control: null, unfolded: "", isPaging: false };

document.documentElement.classList.add("live");

// On a phone the filters are a sheet with a button of its own.
document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form?.id === "filters-form" && desk.matches && event.target.closest("#filters")) {
    form.requestSubmit();
  }
});

// There the rest of a long facet comes with a page of its own, whose address keeps the sheet open.
document.addEventListener(
  "submit",
  (event) => {
    if (!desk.matches && event.submitter?.closest(".facet-more")) event.stopPropagation();
  },
  true,
);

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.path = event.detail.path.split("#")[0];
});

// What was open, and where the reader was, stays so when the filters come back with new counts.
document.addEventListener("htmx:beforeSwap", () => {
  const at = document.activeElement;
  before = {
    open: [...document.querySelectorAll("#list details")].map((fold) => [key(fold), fold.open]),
    control: at?.name && at.closest("#filters") ? [at.name, at.value] : null,
    unfolded: at?.closest(".facet-more") ? at.closest(".facet").querySelector("summary").id : "",
    isPaging: Boolean(at?.closest("#results a")),
  };
});

document.addEventListener("htmx:afterSwap", () => {
  const list = document.getElementById("list");
  if (!list) return;
  const open = new Map(before.open);
  for (const details of list.querySelectorAll("details")) {
    if (open.has(key(details))) details.open = open.get(key(details));
  }
  if (before.control) {
    const [name, value] = before.control;
    const named = [...list.querySelectorAll("#filters [name]")].filter((at) => at.name === name);
    (named.find((at) => at.value === value) ?? named[0])?.focus({ preventScroll: true });
  }
  // The link that was followed is gone: reading goes on at the head of what has come.
  if (before.isPaging) list.querySelector("#count").focus({ preventScroll: true });
  addSearches(list);
  if (before.unfolded) {
    const facet = document.getElementById(before.unfolded).closest(".facet");
    facet.querySelector(".facet-search")?.focus({ preventScroll: true });
  }
  document.title = list.dataset.title;
  document.getElementById("live").textContent = list.querySelector("#count").textContent;
  const text = document.getElementById("q");
  text.value = new URLSearchParams(location.search).get("q") ?? "";
});

// The address is known only once it has been pushed: the other languages follow it.
document.addEventListener("htmx:pushedIntoHistory", () => {
  // Where a step goes on from stands elsewhere in another language's order: its page is the same.
  const query = new URLSearchParams(location.search);
  query.delete("after");
  query.delete("before");
  for (const link of document.querySelectorAll(".languages a")) link.search = query;
  document.getElementById("q").value = new URLSearchParams(location.search).get("q") ?? "";
});

document.addEventListener("htmx:beforeRequest", () => setBusy(true));
document.addEventListener("htmx:afterRequest", () => setBusy(false));

function setBusy(isBusy) {
  document.getElementById("results")?.setAttribute("aria-busy", isBusy);
}

document.addEventListener("htmx:responseError", (event) => {
  location.assign(event.detail.pathInfo.finalRequestPath);
});
document.addEventListener("htmx:sendError", (event) => {
  location.assign(event.detail.pathInfo.finalRequestPath);
});

function key(details) {
  return details.querySelector("summary").id;
}

function addSearches(root) {
  for (const options of root.querySelectorAll(".options[data-filter]")) {
    const field = document.createElement("input");
    field.type = "search";
    field.className = "facet-search";
    field.placeholder = options.dataset.filter;
    field.setAttribute("aria-label", options.dataset.filter);
    const items = [...options.children].map((item) => [item, fold(item.textContent)]);
    field.addEventListener("input", () => {
      const wanted = fold(field.value.trim());
      for (const [item, text] of items) item.hidden = !text.includes(wanted);
    });
    // Return would send the whole form.
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
    options.before(field);
  }
}

addSearches(document);
