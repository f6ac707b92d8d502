"use strict";
(() => {
  const $ = (what, where = document) => where.querySelector(what);
  const $$ = (what, where = document) => [...where.querySelectorAll(what)];
  const root = document.documentElement;
  root.classList.add("js");
  // The page's own words, in its language, with values for the names in braces.
  const say = (key, values = {}) => root.dataset[key].replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  const list = $("#list");
  const incidents = $$("details.incident", list);

  // The body of an incident is text in a <noscript> until it is opened.
  function fill(incident) {
    const held = $(":scope > noscript", incident);
    if (!held) return;
    const template = document.createElement("template");
    template.innerHTML = held.textContent;
    equip(template.content);
    held.replaceWith(template.content);
  }

  // Tables: headings that sort, a box that searches.
  function equip(where) {
    for (const table of $$("table.sortable", where)) {
      $$("thead th", table).forEach((head, column) => {
        const button = document.createElement("button");
        button.type = "button";
        button.append(...head.childNodes);
        head.append(button);
        button.addEventListener("click", () => sort(table, head, column));
      });
    }
    for (const table of $$("table.searchable", where)) {
      const rows = $$("tbody tr", table);
      if (rows.length < 8) continue;
      const label = document.createElement("label");
      label.className = "find";
      const input = document.createElement("input");
      input.type = "search";
      input.placeholder = say("saySearchRows", { n: rows.length });
      input.setAttribute("aria-label", say("saySearchTable"));
      input.addEventListener("input", () => {
        const wanted = input.value.toLowerCase().trim();
        for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
      });
      label.append(input);
      table.parentElement.before(label);
    }
  }

  function sort(table, head, column) {
    const body = table.tBodies[0];
    const number = head.classList.contains("number") || $("td[data-v]:nth-child(" + (column + 1) + ")", body) !== null;
    const before = head.getAttribute("aria-sort");
    const down = before ? before === "ascending" : number;
    const value = (row) => {
      const cell = row.cells[column];
      if (!cell) return number ? -Infinity : "";
      if (!number) return cell.textContent.trim();
      const told = cell.dataset.v;
      return told === undefined || told === "" ? -Infinity : Number(told);
    };
    const compare = number ? (a, b) => (a < b ? -1 : a > b ? 1 : 0) : (a, b) => a.localeCompare(b, root.lang, { numeric: true });
    const rows = [...body.rows].map((row) => [value(row), row]);
    rows.sort((a, b) => (down ? compare(b[0], a[0]) : compare(a[0], b[0])));
    body.append(...rows.map((row) => row[1]));
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
  }

  // Which incidents are shown.
  const facts = incidents.map((incident) => ({
    incident,
    words: $("summary", incident).textContent.toLowerCase() + " " + incident.dataset.q,
    time: incident.dataset.t === undefined ? null : Number(incident.dataset.t),
  }));
  let range = null;

  function filter() {
    const form = $("#filters");
    if (!form) return;
    const words = $("#find").value.toLowerCase().split(/\s+/).filter(Boolean);
    const boxes = $$("input[name=verdict]", form);
    const verdicts = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    const node = $("#node") ? $("#node").value : "";
    let shown = 0;
    for (const fact of facts) {
      const data = fact.incident.dataset;
      const fits =
        verdicts.has(data.v) &&
        (node === "" || data.n === node) &&
        (!range || (fact.time !== null && fact.time >= range[0] && fact.time <= range[1])) &&
        words.every((word) => fact.words.includes(word));
      if (fact.incident.hidden === fits) fact.incident.hidden = !fits;
      if (fits) shown += 1;
    }
    const values = { n: shown, all: facts.length, from: range && stamp(range[0]), to: range && stamp(range[1]) };
    const key = shown === facts.length ? "sayAllShown" : range ? "saySomeShownBetween" : "saySomeShown";
    $("#shown").textContent = say(key, values);
  }

  let waiting = 0;
  function filterSoon() {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 120);
  }

  // A link to an incident, or to a line of its proof, opens it.
  function go() {
    const name = decodeURIComponent(location.hash.slice(1));
    const holder = name.startsWith("proof-") ? name.replace(/^proof-(.*)-\d+$/, "incident-$1") : name;
    const details = document.getElementById(holder);
    if (!details || !details.matches("details.incident")) return;
    details.hidden = false;
    fill(details);
    details.open = true;
    const target = document.getElementById(name) || details;
    target.scrollIntoView({ block: "start" });
    (target === details ? $("summary", details) : target).focus({ preventScroll: true });
  }

  // The timeline: its strips share one view of the time.
  const lanes = $("#lanes");
  const zone = lanes ? Number(lanes.dataset.offset) * 1000 : 0;

  function stamp(ms, digits = 19) {
    return new Date(ms + zone).toISOString().replace("T", " ").slice(0, digits);
  }

  const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5, 72e5, 108e5, 216e5, 432e5, 864e5];

  function step(span, count) {
    const fit = STEPS.find((size) => span / size <= count);
    if (fit) return fit;
    const days = span / count / 864e5;
    const scale = 10 ** Math.floor(Math.log10(days));
    return [1, 2, 5, 10].find((size) => size * scale >= days) * scale * 864e5;
  }

  function timeline() {
    const data = lanes.dataset;
    const units = Number(data.units), margin = Number(data.margin);
    const from = Number(data.from) / 1000, span = Number(data.span) / 1000;
    const strips = $$("svg", lanes);
    const axis = $(".axis", lanes);
    const whole = [-margin, units + margin];
    const narrowest = Math.max(((units + 2 * margin) * 50) / span, 0.5);
    let view = whole;
    // One single instant stands in the middle of a scale of its own.
    const time = (x) => (span < 0.01 ? from + (x - units / 2) / 10 : from + (x / units) * span);
    const place = (ms) => (span < 0.01 ? units / 2 + (ms - from) * 10 : ((ms - from) / span) * units);

    function show(next) {
      let width = Math.min(Math.max(next[1] - next[0], narrowest), whole[1] - whole[0]);
      let left = Math.min(Math.max(next[0], whole[0]), whole[1] - width);
      view = [left, left + width];
      for (const strip of strips) strip.setAttribute("viewBox", left + " 0 " + width + " 20");
      ticks();
      range = width < whole[1] - whole[0] - 1 ? [time(view[0]), time(view[1])] : null;
      filterSoon();
    }

    function ticks() {
      const [first, last] = [time(view[0]), time(view[1])];
      const room = Math.max(2, Math.floor((strips[0].clientWidth || 600) / 150));
      const size = step(last - first, room);
      axis.replaceChildren();
      let day = "";
      for (let at = Math.ceil((first + zone) / size) * size - zone; at <= last; at += size) {
        const label = document.createElement("span");
        const text = stamp(at, size >= 1000 ? 19 : 23);
        label.textContent = size >= 864e5 ? text.slice(0, 10) : text.slice(0, 10) === day ? text.slice(11) : text;
        day = text.slice(0, 10);
        const part = (place(at) - view[0]) / (view[1] - view[0]);
        label.className = part < 0.1 ? "first" : part > 0.9 ? "last" : "";
        label.style.left = part * 100 + "%";
        axis.append(label);
      }
    }

    function zoom(factor, around = (view[0] + view[1]) / 2) {
      show([around - (around - view[0]) * factor, around + (view[1] - around) * factor]);
    }
    const move = (part) => show([view[0] + (view[1] - view[0]) * part, view[1] + (view[1] - view[0]) * part]);
    const acts = { in: () => zoom(0.5), out: () => zoom(2), left: () => move(-0.3), right: () => move(0.3), all: () => show(whole) };
    for (const button of $$("[data-zoom]")) button.addEventListener("click", () => acts[button.dataset.zoom]());
    const keys = { "+": "in", "=": "in", "-": "out", ArrowLeft: "left", ArrowRight: "right", 0: "all" };
    lanes.addEventListener("keydown", (event) => {
      const act = keys[event.key];
      if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      acts[act]();
    });

    const at = (event) => {
      const box = strips[0].getBoundingClientRect();
      const part = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
      return view[0] + part * (view[1] - view[0]);
    };
    lanes.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      zoom(event.deltaY > 0 ? 1.25 : 0.8, at(event));
    }, { passive: false });

    // Dragging marks a part of the time; a click without moving stays a click on a mark.
    let drag = null;
    const mark = document.createElement("div");
    mark.className = "mark";
    mark.hidden = true;
    lanes.append(mark);
    lanes.addEventListener("dragstart", (event) => event.preventDefault());
    lanes.addEventListener("pointerdown", (event) => {
      if (event.button === 0 && event.target.closest("svg")) drag = { x: event.clientX, from: at(event), moved: false };
    });
    addEventListener("pointermove", (event) => {
      if (!drag) return;
      drag.moved = drag.moved || Math.abs(event.clientX - drag.x) > 5;
      if (!drag.moved) return;
      event.preventDefault();
      const box = lanes.getBoundingClientRect();
      mark.hidden = false;
      mark.style.left = Math.min(drag.x, event.clientX) - box.left + "px";
      mark.style.width = Math.abs(event.clientX - drag.x) + "px";
    });
    let swallow = false;
    addEventListener("pointerup", (event) => {
      if (!drag) return;
      const { from: start, moved } = drag;
      drag = null;
      mark.hidden = true;
      if (!moved) return;
      show([start, at(event)].sort((a, b) => a - b));
      swallow = true;
      setTimeout(() => { swallow = false; });
    });
    lanes.addEventListener("click", (event) => {
      if (swallow) event.preventDefault();
    }, true);
    addEventListener("resize", ticks);
    show(whole);
  }

  equip(document);
  if (list) {
    list.addEventListener("click", (event) => {
      const summary = event.target.closest("summary");
      if (summary) fill(summary.parentElement);
    });
    list.addEventListener("toggle", (event) => {
      if (event.target.open) fill(event.target);
    }, true);
  }
  const form = $("#filters");
  if (form) {
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", filterSoon);
    $("#open-all").addEventListener("click", () => {
      const most = 200;
      for (const { incident } of facts.filter((fact) => !fact.incident.hidden).slice(0, most)) {
        fill(incident);
        incident.open = true;
      }
    });
    $("#close-all").addEventListener("click", () => {
      for (const incident of $$("details.incident[open]", list)) incident.open = false;
    });
  }
  if (lanes) timeline();
  filter();
  addEventListener("hashchange", go);
  go();
})();
