// The page is whole without this script: it adds the search, tabs over the samples, and the choice of a theme.
"use strict";

const $ = (id) => document.getElementById(id);
const search = $("search"), list = $("list"), menu = $("menu"), theme = $("theme"), none = $("none");
const entries = [...list.querySelectorAll("li")];

// What was chosen outlives the page where the browser allows it; a file opened from a disk may not.
const remembered = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
const remember = (name, value) => { try { localStorage.setItem(name, value); } catch { /* then it is forgotten */ } };

// Search: every word must be found in the id, the path or the summary.
const found = () => entries.filter((entry) => !entry.hidden);
let current = null;

function mark(entry) {
  current?.classList.remove("current");
  current = entry ?? null;
  current?.classList.add("current");
  current?.scrollIntoView({ block: "nearest" });
}

function filter() {
  const words = search.value.toLowerCase().replaceAll("-", "_").split(/\s+/).filter(Boolean);
  for (const entry of entries) {
    const text = entry.dataset.search.replaceAll("-", "_");
    entry.hidden = !words.every((word) => text.includes(word));
  }
  for (const heads of list.querySelectorAll(".group h3")) heads.hidden = !heads.nextElementSibling.querySelector("li:not([hidden])");
  for (const group of list.querySelectorAll(".group")) group.hidden = !group.querySelector("li:not([hidden])");
  none.hidden = found().length > 0;
  mark(words.length ? found()[0] : null);
}

function open(entry) {
  if (!entry) return;
  location.hash = entry.querySelector("a").hash;
  show(false);
}

function show(on) {
  list.classList.toggle("open", on);
  menu.setAttribute("aria-expanded", String(on));
}

search.addEventListener("input", () => { filter(); if (search.value) show(true); });
search.addEventListener("keydown", (event) => {
  const rows = found();
  const at = rows.indexOf(current);
  if (event.key === "ArrowDown") mark(rows[Math.min(at + 1, rows.length - 1)]);
  else if (event.key === "ArrowUp") mark(rows[Math.max(at - 1, 0)]);
  else if (event.key === "Enter") { open(current ?? rows[0]); search.blur(); }
  else if (event.key === "Escape") { search.value = ""; filter(); search.blur(); show(false); }
  else return;
  event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  const typing = /^(input|textarea|select)$/i.test(event.target.tagName);
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) { event.preventDefault(); search.focus(); search.select(); }
  if (event.key === "Escape" && !typing) show(false);
});
menu.addEventListener("click", () => show(!list.classList.contains("open")));
list.addEventListener("click", (event) => { if (event.target.closest("a")) show(false); });

// A link to a schema opens the list that holds it; a link to an operation marks it in the list.
function arrive() {
  const target = $(decodeURIComponent(location.hash.slice(1)));
  const closed = target?.closest("details:not([open])");
  if (closed) { closed.open = true; target.scrollIntoView(); }
  mark(entries.find((entry) => entry.querySelector("a").hash === location.hash));
}
addEventListener("hashchange", arrive);

// Tabs: one language is chosen for the whole page.
const tabs = [];
function choose(language) {
  for (const { button, figure } of tabs) {
    const chosen = figure.dataset.language === language;
    button.setAttribute("aria-selected", String(chosen));
    button.tabIndex = chosen ? 0 : -1;
    figure.hidden = !chosen;
  }
  remember("language", language);
}
for (const samples of document.querySelectorAll(".samples")) {
  const bar = document.createElement("div");
  bar.className = "tabs";
  bar.setAttribute("role", "tablist");
  const figures = [...samples.querySelectorAll("figure")];
  for (const figure of figures) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = figure.querySelector("figcaption").textContent;
    button.setAttribute("role", "tab");
    figure.setAttribute("role", "tabpanel");
    button.addEventListener("click", () => {
      const before = button.getBoundingClientRect().top;
      choose(figure.dataset.language);
      // The samples above have changed their heights too: what was clicked stays under the pointer.
      scrollBy({ top: button.getBoundingClientRect().top - before, behavior: "instant" });
    });
    button.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = (figures.indexOf(figure) + step + figures.length) % figures.length;
      bar.querySelectorAll("[role=tab]")[next].click();
      bar.querySelectorAll("[role=tab]")[next].focus();
    });
    tabs.push({ button, figure });
    bar.append(button);
  }
  const copy = document.createElement("button");
  copy.type = "button";
  copy.className = "copy";
  copy.textContent = "Copy";
  copy.addEventListener("click", async () => {
    const text = figures.find((figure) => !figure.hidden).querySelector("code").textContent;
    try { await navigator.clipboard.writeText(text); copy.textContent = "Copied"; } catch { copy.textContent = "Not allowed"; }
    setTimeout(() => { copy.textContent = "Copy"; }, 1500);
  });
  bar.append(copy);
  samples.prepend(bar);
  samples.classList.add("tabbed");
}
choose(["curl", "cx", "rust"].includes(remembered("language")) ? remembered("language") : "curl");

// Theme: that of the system, until another one is chosen.
const dark = () => (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
if (remembered("theme")) document.documentElement.dataset.theme = remembered("theme");
theme.addEventListener("click", () => {
  const next = dark() ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  remember("theme", next);
});

arrive();
