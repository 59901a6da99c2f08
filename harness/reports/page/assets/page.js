// Sorting, filtering, columns, CSV, axes and samples of the page. It only reads the page and asks the network for nothing.
// Texts go in by textContent, never as HTML.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("board-data").textContent);
  const LOG_FROM = 12, PADDING = 0.06, SHOWN_ITEMS = 25;

  function add(parent, name, attributes = {}, text = "") {
    const svg = parent.namespaceURI === "http://www.w3.org/2000/svg" || name === "svg";
    const made = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== "") made.textContent = text;
    parent.append(made);
    return made;
  }

  function choice(parent, label, options, chosen, changed) {
    const box = add(add(parent, "label", {}, label + " "), "select");
    for (const [value, text] of options) add(box, "option", { value }, text);
    box.value = chosen;
    box.addEventListener("change", changed);
    return box;
  }

  function ticked(parent, label, on, changed) {
    const line = add(parent, "label", { class: "tick" });
    const box = add(line, "input", { type: "checkbox" });
    box.checked = on;
    box.addEventListener("change", () => changed(box.checked));
    add(line, "span", {}, label);
    return box;
  }

  // ---- the table

  function table(section, redraw) {
    const board = section.querySelector("table.board"), body = board.tBodies[0];
    const heads = [...board.tHead.rows[0].cells], lines = [...body.rows];
    const tools = section.querySelector(".tools");
    const hiddenFamilies = new Set(), hidden = new Set();
    let words = [];

    const number = (line, column) => parseFloat(line.cells[column].dataset.v);
    function order(column, falling) {
      const numeric = heads[column].classList.contains("num"), sign = falling ? -1 : 1;
      const missing = (line) => numeric ? Number.isNaN(number(line, column)) : /^[—\s]*$/.test(line.cells[column].textContent);
      const sorted = [...lines].sort((a, b) => {
        if (missing(a) !== missing(b)) return missing(a) ? 1 : -1;
        if (missing(a)) return 0;
        if (numeric) return sign * (number(a, column) - number(b, column));
        return sign * a.cells[column].textContent.localeCompare(b.cells[column].textContent);
      });
      heads.forEach((head, i) => head.setAttribute("aria-sort", i !== column ? "none" : falling ? "descending" : "ascending"));
      body.append(...sorted);
    }
    heads.forEach((head, column) => {
      const name = head.textContent;
      head.textContent = "";
      head.setAttribute("aria-sort", "none");
      const falls = ["score", "difference", "p_best", "hallucination"].includes(head.dataset.key);
      add(head, "button", { type: "button" }, name).addEventListener("click", () => {
        const now = head.getAttribute("aria-sort");
        order(column, now === "none" ? falls : now === "ascending");
      });
    });

    const matches = (line) => words.every((word) => line.textContent.toLowerCase().includes(word));
    const passes = (line) => matches(line) && !hiddenFamilies.has(line.dataset.family);
    const status = document.createElement("output");
    function filter() {
      lines.forEach((line) => { line.hidden = !passes(line); });
      const left = lines.filter((line) => !line.hidden);
      status.textContent = left.length === lines.length ? `${lines.length} rows` : `${left.length} of ${lines.length} rows`;
      redraw(new Set(left.map((line) => Number(line.dataset.row))));
    }
    const search = add(add(tools, "label", {}, "Filter "), "input", { type: "search", placeholder: "recipe, note ..." });
    search.addEventListener("input", () => { words = search.value.toLowerCase().split(/\s+/).filter(Boolean); filter(); });

    const families = add(tools, "details", { class: "menu" });
    add(families, "summary", {}, "Families");
    const familyBoxes = add(families, "div");
    for (const family of [...new Set(lines.map((line) => line.dataset.family))].sort())
      ticked(familyBoxes, family, true, (on) => { hiddenFamilies[on ? "delete" : "add"](family); filter(); });

    const menu = add(tools, "details", { class: "menu" });
    add(menu, "summary", {}, "Columns");
    const columnBoxes = add(menu, "div");
    const show = (column, on) => {
      hidden[on ? "delete" : "add"](column);
      [heads[column], ...lines.map((line) => line.cells[column])].forEach((cell) => { cell.hidden = !on; });
    };
    heads.forEach((head, column) => {
      if (column === 0) return;
      const on = !("later" in head.dataset);
      ticked(columnBoxes, head.textContent, on, (now) => show(column, now));
      show(column, on);
    });

    add(tools, "button", { type: "button", class: "csv" }, "Download CSV").addEventListener("click", () => save(csv(), section));
    tools.append(status);
    tools.hidden = false;

    // what is shown, in the order shown; numbers with the ends of their intervals
    function csv() {
      const columns = heads.map((_, i) => i).filter((i) => !hidden.has(i));
      const ends = columns.filter((i) => lines.some((line) => "l" in line.cells[i].dataset));
      const names = columns.flatMap((i) => {
        const key = heads[i].dataset.key;
        return ends.includes(i) ? [key, key + "_low", key + "_high"] : [key];
      });
      const rows = [...body.rows].filter((line) => !line.hidden).map((line) => columns.flatMap((i) => {
        const cell = line.cells[i], { v, l, h } = cell.dataset;
        const first = i === 0 ? cell.querySelector("code").textContent : heads[i].dataset.key !== "place" && v !== undefined ? v : text(cell);
        return ends.includes(i) ? [first, l ?? "", h ?? ""] : [first];
      }));
      return [names, ...rows].map((row) => row.map(quoted).join(",")).join("\r\n") + "\r\n";
    }
    const text = (cell) => cell.textContent === "—" ? "" : cell.textContent;
    filter();
    return { csv };
  }

  // a text that a spreadsheet would take for a formula gets a quote before it
  function quoted(value) {
    const plain = /^[=+\-@\t]/.test(value) && Number.isNaN(Number(value)) ? "'" + value : value;
    return /[",\r\n]/.test(plain) ? '"' + plain.replaceAll('"', '""') + '"' : plain;
  }

  function save(content, section) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type: "text/csv" }));
    link.download = `leaderboard-${section.querySelector("h2").textContent.replace(/[^\w-]+/g, "_")}.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  // ---- the picture

  function axis(values, log) {
    const least = Math.min(...values), most = Math.max(...values);
    const logarithmic = log ?? (least > 0 && most / least >= LOG_FROM);
    let [low, high] = logarithmic ? [Math.log10(least), Math.log10(most)] : [least, most];
    const spread = high - low || (logarithmic ? 0.5 : Math.abs(high) || 1);
    low -= PADDING * spread;
    high += PADDING * spread;
    return { log: logarithmic, low, high, place: (value) => ((logarithmic ? Math.log10(value) : value) - low) / (high - low) };
  }

  function ticks({ log, low, high }) {
    if (!log) {
      let step = 10 ** Math.floor(Math.log10((high - low) / 5));
      step *= [1, 2, 5, 10].find((factor) => (high - low) / (step * factor) <= 6.5);
      const found = [];
      for (let i = Math.ceil(low / step); i * step <= high; i++) found.push(i * step);
      return found;
    }
    let found = [];
    for (const factors of [[1, 2, 5], [1, 3], [1]]) {
      found = [];
      for (let power = Math.floor(low); power <= Math.ceil(high); power++)
        for (const factor of factors) {
          const place = Math.log10(factor) + power;
          if (low <= place && place <= high) found.push(factor * 10 ** power);
        }
      if (found.length <= 7) break;
    }
    return found;
  }

  const digits = (value) => Number(value.toPrecision(3)).toLocaleString("en", { maximumSignificantDigits: 3, useGrouping: true });

  function picture(section, board) {
    const figure = section.querySelector("figure.picture:has(> .axes)");
    if (!figure) return () => {};
    const drawing = figure.querySelector(".drawing"), controls = figure.querySelector(".axes");
    const options = board.measures.map((one) => [one.key, one.unit ? `${one.label}, ${one.unit}` : one.label]);
    const up = choice(controls, "Up", options, board.start[1], () => draw());
    const across = choice(controls, "Across", options, board.start[0], () => draw());
    const note = add(figure, "p", { class: "note", "aria-live": "polite" });
    controls.hidden = false;
    let shown = new Set(board.rows.keys());

    function points(x, y) {
      const found = [];
      board.rows.forEach((row, i) => {
        const a = x.values[i], b = y.values[i];
        if (a && b && shown.has(i)) found.push({ ...row, a, b, compares: a[3] === 1 && b[3] === 1 });
      });
      const sign = (measure) => (measure.better === "higher" ? 1 : -1);
      const better = (p, q) => {  // p dominates q; ties dominate nothing
        const dx = sign(x) * (p.a[0] - q.a[0]), dy = sign(y) * (p.b[0] - q.b[0]);
        return dx >= 0 && dy >= 0 && (dx > 0 || dy > 0);
      };
      for (const point of found) point.behind = point.compares && found.some((other) => other.compares && better(other, point));
      return found;
    }

    function draw(now) {
      if (now) shown = now;
      const x = board.measures.find((one) => one.key === across.value), y = board.measures.find((one) => one.key === up.value);
      const found = points(x, y);
      const wide = Math.max(320, Math.min(960, drawing.clientWidth || 720)), high = Math.max(320, Math.min(460, wide * 0.62));
      const left = 48, right = 14, top = 30, bottom = 46;
      drawing.textContent = "";
      const svg = add(drawing, "svg", { viewBox: `0 0 ${wide} ${high}`, role: "img", "aria-label": `${y.label} against ${x.label}, ${found.length} rows` });
      note.textContent = found.length < shown.size ? `${shown.size - found.length} of the rows shown below lack one of the two figures.` : "";
      if (!found.length) {
        add(svg, "text", { x: wide / 2, y: high / 2, "text-anchor": "middle" }, "No row has both figures.");
        return;
      }
      const ends = (place) => found.flatMap((point) => point[place].slice(0, 3).filter((value) => value !== null));
      const h = axis(found.map((point) => point.a[0])), v = axis(ends("b"), y.values.some((one) => one && one[1] !== null) ? false : undefined);
      const px = (value) => left + h.place(value) * (wide - left - right), py = (value) => high - bottom - v.place(value) * (high - top - bottom);
      for (const tick of ticks(v)) {
        add(svg, "path", { class: "grid", d: `M${left} ${py(tick)}H${wide - right}` });
        add(svg, "text", { class: "axis", x: left - 6, y: py(tick) + 4, "text-anchor": "end" }, digits(tick));
      }
      for (const tick of ticks(h)) {
        add(svg, "path", { class: "grid", d: `M${px(tick)} ${top}V${high - bottom}` });
        add(svg, "text", { class: "axis", x: px(tick), y: high - bottom + 16, "text-anchor": "middle" }, digits(tick));
      }
      const title = (measure, scale) => `${measure.label}${measure.unit && ", "}${measure.unit}${scale.log ? " (logarithmic)" : ""}`;
      add(svg, "text", { class: "title", x: left, y: top - 14 }, title(y, v));
      add(svg, "text", { class: "title", x: (left + wide - right) / 2, y: high - 8, "text-anchor": "middle" }, title(x, h));
      const front = found.filter((point) => point.compares && !point.behind).sort((p, q) => p.a[0] - q.a[0]);
      if (front.length > 1) add(svg, "path", { class: "front-line", d: "M" + front.map((p) => `${px(p.a[0])} ${py(p.b[0])}`).join("L") });
      for (const point of found)
        if (point.b[1] !== null) add(svg, "path", { class: "bar", d: `M${px(point.a[0])} ${py(point.b[1])}V${py(point.b[2])}` });
      for (const point of [...found].sort((p, q) => q.behind - p.behind)) mark(svg, point, px(point.a[0]), py(point.b[0]), x, y);
      labels(svg, found, px, py, { left, top: top - 6, right: wide - 2, bottom: high - bottom });
    }

    function mark(svg, point, cx, cy, x, y) {
      const kind = !point.compares ? "apart" : point.tie ? (point.behind ? "tie behind" : "tie") : point.behind ? "behind" : "front";
      const made = kind === "front"
        ? add(svg, "path", { class: "mark front", d: `M${cx} ${cy - 6}l6 6-6 6-6-6z` })
        : add(svg, "circle", { class: `mark ${kind}`, cx, cy, r: point.behind && !point.tie ? 4 : 5 });
      const figure = (measure, [value, low, end]) => `${measure.label} ${digits(value)}${low === null ? "" : ` [${digits(low)}, ${digits(end)}]`} ${measure.unit}`;
      add(made, "title", {}, `${point.title} (${point.id})\n${figure(y, point.b)}\n${figure(x, point.a)}`);
    }

    function labels(svg, found, px, py, room) {
      const taken = found.map((point) => [px(point.a[0]) - 5, py(point.b[0]) - 5, px(point.a[0]) + 5, py(point.b[0]) + 5]);
      const meets = (p, q) => p[0] < q[2] && q[0] < p[2] && p[1] < q[3] && q[1] < p[3];
      for (const point of [...found].sort((p, q) => p.behind - q.behind || q.tie - p.tie)) {
        const wide = 6.4 * point.short.length, x = px(point.a[0]), y = py(point.b[0]);
        for (const [dx, dy, anchor, part] of [[7, 4, "start", 0], [-7, 4, "end", 1], [0, -9, "middle", 0.5], [0, 17, "middle", 0.5]]) {
          const edge = x + dx - wide * part, box = [edge, y + dy - 10, edge + wide, y + dy + 3];
          const inside = box[0] >= room.left && box[2] <= room.right && box[1] >= room.top && box[3] <= room.bottom;
          if (!inside || taken.some((other) => meets(box, other))) continue;
          taken.push(box);
          add(svg, "text", { class: point.behind ? "axis" : "", x: x + dx, y: y + dy, "text-anchor": anchor }, point.short);
          break;
        }
      }
    }
    addEventListener("resize", () => draw());
    return draw;
  }

  // ---- the samples

  function browser(section, { samples, rows }) {
    const place = section.querySelector(".browser");
    if (!samples || !place) return;
    const ids = rows.map((row) => row.id).filter((id) => id in samples.given);
    const options = ids.map((id) => [id, id]);
    const bar = add(place, "div", { class: "axes" });
    const draw = () => {
      const [a, b] = [first.value, second.value], wanted = which.value;
      const kept = samples.items.map((_, i) => i).filter((i) => {
        const pair = samples.right[a][i] + samples.right[b][i];
        return wanted === "all" || pair === wanted;
      });
      list.textContent = "";
      status.textContent = `${kept.length} of ${samples.items.length} items` + (kept.length > SHOWN_ITEMS ? `, the first ${SHOWN_ITEMS} are shown` : "");
      const table = add(list, "table"), head = add(add(table, "thead"), "tr"), body = add(table, "tbody");
      for (const name of ["item", "right answer", a, b]) add(head, "th", { scope: "col" }, name);
      for (const i of kept.slice(0, SHOWN_ITEMS)) {
        const [id, text, gold] = samples.items[i], line = add(body, "tr");
        add(line, "th", { scope: "row", title: id }, text || id);
        add(line, "td", {}, gold);
        for (const row of [a, b]) {
          const verdict = { 1: "right", 0: "wrong" }[samples.right[row][i]] ?? "";
          const cell = add(line, "td", { class: verdict }, samples.answers[samples.given[row][i]] || "(nothing)");
          if (verdict) add(cell, "small", {}, " " + verdict);
        }
      }
    };
    const first = choice(bar, "A", options, ids[0], () => draw());
    const second = choice(bar, "B", options, ids[ids.length > 1 ? ids.length - 1 : 0], () => draw());
    const which = choice(bar, "Show", [["10", "A right, B wrong"], ["01", "A wrong, B right"], ["00", "both wrong"], ["11", "both right"], ["all", "all items"]], "10", () => draw());
    const status = add(bar, "output"), list = add(place, "div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Answers" });
    place.hidden = false;
    section.querySelector(".plain-samples").hidden = true;
    draw();
  }

  document.querySelectorAll("section.domain").forEach((section) => {
    const board = data.boards[Number(section.dataset.board)];
    section.board = table(section, picture(section, board));
    browser(section, board);
  });

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open], .menu, .card)")];
    opened.forEach((part) => { part.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((part) => { part.open = false; }));
})();
