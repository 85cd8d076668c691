// Draws charts by Apache ECharts. An element `.chart` names the script with its data (`data-source`); `kind` there is the
// name of one of the functions in `chart-kinds.js`. Tables behind the charts have the same figures for whoever does not see this.
"use strict";

(() => {
  const shades = [1, 2, 3, 4, 5];
  const { kinds, put, decals } = globalThis.demandCharts;
  const charts = [];
  const onPaper = () => document.documentElement.classList.contains("paper");
  // What A4 has between its margins, in the pixels of a style sheet.
  const PAPER_WIDTH = 690;
  let words = {};
  let patterns = localStorage.getItem("chartPatterns") === "1";

  // Colours are variables of the style sheet, light or dark; what they are is read from a canvas, in the oldest notation.
  const probe = document.createElement("i");
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const colour = (name) => {
    probe.style.color = `var(--${name})`;
    pen.fillStyle = getComputedStyle(probe).color;
    pen.fillRect(0, 0, 1, 1);
    return `rgb(${pen.getImageData(0, 0, 1, 1).data.slice(0, 3).join(", ")})`;
  };
  const look = () => ({
    quiet: colour("quiet"),
    ink: colour("ink"),
    line: colour("line"),
    card: colour("card"),
    bar: colour("bar"),
    land: colour("land"),
    lines: shades.concat(6).map((number) => colour(`l${number}`)),
    counts: shades.map((number) => colour(`c${number}`)),
    indexes: shades.map((number) => colour(`i${number}`)),
  });

  const tip = ({ data }) => {
    const text = document.createElement("div");
    text.className = "chart-tip";
    text.textContent = data?.title ?? "";
    return text;
  };

  const draw = (one) => {
    const width = onPaper() ? PAPER_WIDTH : one.box.clientWidth;
    // Folded: it is drawn when it is opened.
    if (!width) return;
    const colours = look();
    const isNarrow = width < 560;
    if (one.land) {
      const filled = one.land.replace("<path", `<path fill="${colours.land}"`);
      echarts.registerMap("world", { svg: filled });
    }
    const { height, ...option } = kinds[one.data.kind](one.data, { ...colours, patterns, words, isPaper: onPaper() }, isNarrow);
    const size = { width, height: height ?? Math.min(576, Math.round(width / (isNarrow ? 1.3 : 2.1))) };
    one.box.style.height = `${size.height}px`;
    one.chart ??= started(one, size);
    one.chart.resize(size);
    one.width = one.box.clientWidth;
    one.points = option.series.flatMap(({ data }, seriesIndex) =>
      data.flatMap((item, dataIndex) => (item?.title ? [{ seriesIndex, dataIndex, item }] : [])),
    );
    one.chart.setOption(
      {
        animation: false,
        textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
        aria: { enabled: true, label: { enabled: false }, decal: { show: patterns, decals } },
        tooltip: { confine: true, formatter: tip, backgroundColor: colours.card, borderColor: colours.line, textStyle: { color: colours.ink } },
        ...option,
      },
      { notMerge: true },
    );
  };

  const started = (one, size) => {
    const chart = echarts.init(one.box, null, { renderer: "svg", ...size });
    chart.on("click", ({ data: item, value, targetType }) => {
      const { rows, items } = one.data;
      go((targetType === "axisLabel" ? (rows ?? items).find(({ name }) => name === value) : item)?.href);
    });
    return chart;
  };

  const go = (href) => {
    if (href) location.assign(href);
  };

  // Arrows go from point to point, Enter follows one, plus and minus zoom a map.
  const onKey = (one, event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const factor = { "+": 1.5, "=": 1.5, "-": 1 / 1.5 }[event.key];
    if (step) {
      one.at = ((one.at ?? (step > 0 ? -1 : 0)) + step + one.points.length) % one.points.length;
      const { item, ...point } = one.points[one.at];
      one.chart.dispatchAction({ type: "downplay" });
      one.chart.dispatchAction({ type: "highlight", ...point });
      one.chart.dispatchAction({ type: "showTip", ...point });
      said.textContent = item.title;
    } else if (event.key === "Enter" && one.at !== undefined) {
      go(one.points[one.at].item.href);
    } else if (event.key === "Escape") {
      one.chart.dispatchAction({ type: "hideTip" });
    } else if (factor && one.land) {
      zoom(one, factor);
    } else return;
    event.preventDefault();
  };

  const zoom = (one, factor) => {
    const [originX, originY] = [one.chart.getWidth() / 2, one.chart.getHeight() / 2];
    one.chart.dispatchAction({ type: "geoRoam", componentType: "geo", geoIndex: 0, zoom: factor, originX, originY });
  };

  const save = (one, type) => {
    const [width, height, isSvg] = [one.chart.getWidth(), one.chart.getHeight(), type === "svg"];
    const at = { width, height, devicePixelRatio: 2, renderer: isSvg ? "svg" : "canvas", ssr: isSvg };
    const copy = echarts.init(isSvg ? null : document.createElement("div"), null, at);
    copy.setOption({ ...one.chart.getOption(), backgroundColor: colour("card") });
    const keep = (blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = `${one.box.id}.${type}`;
      link.click();
      URL.revokeObjectURL(link.href);
      copy.dispose();
    };
    if (isSvg) keep(new Blob([copy.renderToSVGString()], { type: "image/svg+xml" }));
    else copy.renderToCanvas({ pixelRatio: 2 }).toBlob(keep);
  };

  const button = (text, title, act) => {
    const made = document.createElement("button");
    Object.assign(made, { type: "button", textContent: text, title, onclick: () => act(made) });
    if (text !== title) made.setAttribute("aria-label", title);
    return made;
  };

  const tools = (one) => {
    const bar = document.createElement("div");
    bar.className = "chart-tools";
    const repaint = () => {
      patterns = !patterns;
      localStorage.setItem("chartPatterns", patterns ? "1" : "0");
      for (const pressed of document.querySelectorAll(".chart-tools [aria-pressed]")) pressed.ariaPressed = patterns;
      charts.forEach(draw);
    };
    const toggle = button(words.patterns, words.patterns, repaint);
    toggle.ariaPressed = patterns;
    if (one.land) {
      bar.append(button("+", words.zoomIn, () => zoom(one, 1.5)), button("−", words.zoomOut, () => zoom(one, 1 / 1.5)));
      bar.append(button(words.world, words.wholeWorld, () => draw(one)));
    }
    bar.append(toggle);
    for (const type of ["PNG", "SVG"]) {
      const title = put(words.save, { chart: one.data.label, format: type });
      bar.append(button(type, title, () => save(one, type.toLowerCase())));
    }
    one.box.before(bar);
  };

  const said = Object.assign(document.createElement("p"), { className: "tile-hidden" });
  said.setAttribute("role", "status");

  const start = async (box) => {
    const data = JSON.parse(document.getElementById(box.dataset.source).textContent);
    const land = box.dataset.land ? await (await fetch(box.dataset.land)).text() : "";
    const one = { box, data, land };
    Object.assign(box, { tabIndex: 0, role: "application", ariaLabel: put(words.keys, { chart: data.label }) });
    // The page scrolls over a map; who wants to zoom holds Control.
    box.addEventListener("wheel", (event) => event.ctrlKey || event.stopPropagation(), { capture: true });
    box.addEventListener("keydown", (event) => onKey(one, event));
    box.addEventListener("blur", () => one.chart?.dispatchAction({ type: "hideTip" }));
    draw(one);
    tools(one);
    charts.push(one);
    new ResizeObserver(() => one.width !== box.clientWidth && draw(one)).observe(box);
  };

  document.addEventListener("DOMContentLoaded", () => {
    words = JSON.parse(document.getElementById("texts").textContent);
    document.body.append(said, probe);
    for (const box of document.querySelectorAll(".chart")) start(box);
    new MutationObserver(() => charts.forEach(draw)).observe(document.documentElement, { attributeFilter: ["class"] });
  });
})();
