// Draws charts by Apache ECharts. An element `.chart` names the script with its data (`data-source`); `kind` there is the
// name of one of the functions below. Tables behind the charts have the same figures for whoever does not see this.
"use strict";

(() => {
  const SYMBOLS = ["circle", "rect", "triangle", "diamond", "roundRect", "pin"];
  const DASHES = ["solid", [8, 5], [2, 5], [12, 4, 2, 4], [5, 3], [1, 3]];
  const INDEX_BOUNDS = [60, 85, 115, 160];
  const INDEX_NAMES = ["below 60", "60 to 85", "85 to 115", "115 to 160", "above 160"];
  const DECALS = [
    { dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4 },
    { dashArrayX: [1, 0], dashArrayY: [1, 7], rotation: Math.PI / 4 },
    { symbolSize: 0 },
    { symbol: "circle", dashArrayX: [[6, 6], [0, 6, 6, 0]], dashArrayY: [6, 0], symbolSize: 0.5 },
    { dashArrayX: [1, 0], dashArrayY: [3, 3], rotation: 0 },
  ].map((decal) => ({ color: "rgba(127, 127, 127, 0.45)", ...decal }));
  const shades = [1, 2, 3, 4, 5];
  const charts = [];
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
  const inkOn = (shade) => {
    const [red, green, blue] = shade.match(/[\d.]+/g).map(Number);
    return 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? "#111827" : "#ffffff";
  };
  const shadeOfIndex = (index) => INDEX_BOUNDS.filter((bound) => index >= bound).length;
  // By the square root: a few large towns would leave the rest pale.
  const shadeOfCount = (value, highest) => Math.min(4, Math.floor(Math.sqrt(value / (highest || 1)) * 5));

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

  const KINDS = {
    // A bar for each item; `low` and `high` are the ends of its interval, `reference` is a line across all.
    bars({ items, reference }, { ink, quiet, line, bar, card }, isNarrow) {
      const label = { color: ink, fontSize: 13 };
      const above = { ...label, inside: true, verticalAlign: "bottom", padding: [0, 0, 11, -4] };
      const plain = { axisLine: { show: false }, axisTick: { show: false }, type: "category", inverse: true };
      const highest = Math.max(...items.map(({ value }) => value), reference ?? 0);
      const ends = Math.max(...items.map(({ high }) => high ?? 0));
      const whisker = (_, api) => {
        const [left, y] = api.coord([api.value(0), api.value(2)]);
        const [right] = api.coord([api.value(1), api.value(2)]);
        const style = { stroke: ink, lineWidth: 1.5 };
        const stroke = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style });
        const ticks = [left, right].map((x) => stroke(x, y - 5, x, y + 5));
        return { type: "group", children: [stroke(left, y, right, y), ...ticks] };
      };
      return {
        height: 34 + items.length * (isNarrow ? 44 : 32),
        grid: { left: 0, right: 4, top: isNarrow ? 12 : 2, bottom: 2, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
        xAxis: {
          type: "value",
          position: "top",
          // An interval may be cut off: the bars are what is compared.
          max: ends > highest * 1.6 ? Math.ceil((highest * 1.6) / 10) * 10 : null,
          splitLine: { lineStyle: { color: line } },
          axisLabel: { color: quiet, hideOverlap: true },
        },
        yAxis: [
          { ...plain, data: items.map(({ name }) => name), triggerEvent: true, axisLabel: isNarrow ? above : label, z: 3 },
          { ...plain, data: items.map(({ figure }) => figure), axisLabel: { color: ink, fontSize: 12 } },
        ],
        series: [
          {
            type: "bar",
            barWidth: isNarrow ? 12 : 16,
            itemStyle: { color: bar, borderRadius: 3 },
            data: items.map((item) => ({ ...item, itemStyle: { opacity: item.isQuiet ? 0.45 : 1 } })),
            markLine: reference && {
              silent: true,
              symbol: "none",
              label: { show: false },
              lineStyle: { color: quiet, type: "dashed" },
              data: [{ xAxis: reference }],
            },
          },
          {
            type: "custom",
            silent: true,
            clip: true,
            renderItem: whisker,
            encode: { x: [0, 1], y: 2 },
            tooltip: { show: false },
            z: 4,
            data: items.flatMap(({ low, high }, row) => (high ? [[low, high, row]] : [])),
          },
        ],
      };
    },

    // A line for each name over the same deliveries, at even distances: several may be of one day, or none of a month.
    lines({ lines, axis }, { ink, quiet, line, lines: colours }) {
      const isLong = axis.length > 30;
      return {
        height: 320,
        legend: { type: "scroll", bottom: 0, textStyle: { color: ink }, itemWidth: 34 },
        grid: { left: 4, right: 12, top: 12, bottom: isLong ? 76 : 36, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
        dataZoom: isLong ? [{ type: "slider", bottom: 32, height: 20, startValue: axis.length - 30 }] : [],
        xAxis: { type: "category", data: axis, axisLabel: { color: quiet, hideOverlap: true, lineHeight: 15, margin: 10 }, axisLine: { lineStyle: { color: line } } },
        yAxis: { type: "value", splitLine: { lineStyle: { color: line } }, axisLabel: { color: quiet } },
        series: lines.map(({ name, points }, number) => ({
          type: "line",
          name,
          connectNulls: true,
          symbol: SYMBOLS[number % 6],
          symbolSize: 9,
          color: colours[number % 6],
          lineStyle: { type: DASHES[number % 6], width: 2.5 },
          data: points.reduce((data, point) => data.with(point.at, point), Array(axis.length).fill(null)),
        })),
      };
    },

    // Rows by columns, shaded by an index around 100 or by how much there is.
    heat({ cells, rows, columns, isIndex }, { ink, quiet, counts, indexes, card }, isNarrow) {
      const highest = Math.max(...cells.map(({ value }) => value));
      const shadeOf = (value) => (isIndex ? shadeOfIndex(value) : shadeOfCount(value, highest));
      const plain = { type: "category", axisLine: { show: false }, axisTick: { show: false }, splitArea: { show: false } };
      return {
        height: 34 + rows.length * 28,
        grid: { left: 0, right: 0, top: 2, bottom: 2, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
        xAxis: { ...plain, data: columns, position: "top", axisLabel: { color: quiet, interval: 0, fontSize: isNarrow ? 9 : 12 } },
        yAxis: {
          ...plain,
          inverse: true,
          triggerEvent: true,
          data: rows.map(({ name }) => name),
          axisLabel: { color: ink, fontSize: isNarrow ? 11 : 13, width: isNarrow ? 80 : 180, overflow: "truncate" },
        },
        series: [
          {
            type: "heatmap",
            label: { show: true, fontSize: isNarrow ? 10 : 12, formatter: ({ data }) => data.figure },
            data: cells.map((cell) => {
              const shade = shadeOf(cell.value);
              const fill = (isIndex ? indexes : counts)[shade];
              const decal = patterns ? { decal: DECALS[shade] } : {};
              const itemStyle = { color: fill, borderColor: card, borderWidth: 2, borderRadius: 4, ...decal };
              return { ...cell, value: [cell.x, cell.y, cell.value], itemStyle, label: { color: inkOn(fill) } };
            }),
          },
        ],
      };
    },

    // Circles on the world, by the shade of their index; their areas are what is compared.
    map({ towns }, { ink, quiet, card, indexes }, isNarrow) {
      const highest = Math.max(...towns.map(({ value }) => value), 1);
      const radius = (value) => 3 + (isNarrow ? 11 : 20) * Math.sqrt(value / highest);
      const series = INDEX_NAMES.map((name, shade) => ({
        type: "scatter",
        coordinateSystem: "geo",
        name,
        itemStyle: { color: indexes[shade], opacity: 0.85, borderColor: card, borderWidth: 1 },
        symbolSize: (_, { data }) => 2 * radius(data.courses),
        data: towns
          .filter(({ index }) => shadeOfIndex(index ?? 100) === shade)
          .map((town) => ({ ...town, value: town.at, courses: town.value })),
      }));
      return {
        height: null,
        legend: { bottom: 0, textStyle: { color: ink }, itemGap: isNarrow ? 6 : 14, itemWidth: 14 },
        geo: { map: "world", roam: true, top: 0, bottom: isNarrow ? 50 : 30, left: 0, right: 0, scaleLimit: { min: 1, max: 60 } },
        series,
      };
    },
  };

  const tip = ({ data }) => {
    const text = document.createElement("div");
    text.className = "chart-tip";
    text.textContent = data?.title ?? "";
    return text;
  };

  const draw = (one) => {
    const colours = look();
    const isNarrow = one.box.clientWidth < 560;
    if (one.land) {
      const filled = one.land.replace("<path", `<path fill="${colours.land}"`);
      echarts.registerMap("world", { svg: filled });
    }
    const { height, ...option } = KINDS[one.data.kind](one.data, colours, isNarrow);
    one.box.style.height = height ? `${height}px` : "";
    one.chart ??= echarts.init(one.box, null, { renderer: "svg" });
    one.chart.resize();
    one.width = one.box.clientWidth;
    one.points = option.series.flatMap(({ data }, seriesIndex) =>
      data.flatMap((item, dataIndex) => (item?.title ? [{ seriesIndex, dataIndex, item }] : [])),
    );
    one.chart.setOption(
      {
        animation: false,
        textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
        aria: { enabled: true, label: { enabled: false }, decal: { show: patterns, decals: DECALS } },
        tooltip: { confine: true, formatter: tip, backgroundColor: colours.card, borderColor: colours.line, textStyle: { color: colours.ink } },
        ...option,
      },
      { notMerge: true },
    );
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
    const toggle = button("Patterns", "Patterns", repaint);
    toggle.ariaPressed = patterns;
    if (one.land) {
      bar.append(button("+", "Zoom in", () => zoom(one, 1.5)), button("−", "Zoom out", () => zoom(one, 1 / 1.5)));
      bar.append(button("World", "Whole world", () => draw(one)));
    }
    bar.append(toggle);
    for (const type of ["png", "svg"]) bar.append(button(type.toUpperCase(), `Save ${one.data.label} as ${type.toUpperCase()}`, () => save(one, type)));
    one.box.before(bar);
  };

  const said = Object.assign(document.createElement("p"), { className: "tile-hidden" });
  said.setAttribute("role", "status");

  const start = async (box) => {
    const data = JSON.parse(document.getElementById(box.dataset.source).textContent);
    const land = box.dataset.land ? await (await fetch(box.dataset.land)).text() : "";
    const one = { box, data, land };
    Object.assign(box, { tabIndex: 0, role: "application", ariaLabel: `${data.label}. Arrow keys go from point to point.` });
    // The page scrolls over a map; who wants to zoom holds Control.
    box.addEventListener("wheel", (event) => event.ctrlKey || event.stopPropagation(), { capture: true });
    box.addEventListener("keydown", (event) => onKey(one, event));
    box.addEventListener("blur", () => one.chart.dispatchAction({ type: "hideTip" }));
    draw(one);
    one.chart.on("click", ({ data: item, value, targetType }) => {
      const named = targetType === "axisLabel" ? (data.rows ?? data.items).find(({ name }) => name === value) : item;
      go(named?.href);
    });
    tools(one);
    charts.push(one);
    new ResizeObserver(() => one.width !== box.clientWidth && draw(one)).observe(box);
  };

  document.addEventListener("DOMContentLoaded", () => {
    document.body.append(said, probe);
    const tables = [...document.querySelectorAll("details.behind")];
    for (const details of tables) Object.assign(details, { open: false }).dataset.ready = "";
    for (const box of document.querySelectorAll(".chart")) start(box);
    new MutationObserver(() => charts.forEach(draw)).observe(document.documentElement, { attributeFilter: ["class"] });
    // On paper it is light, and the tables are open.
    const paper = matchMedia("print");
    const classes = document.documentElement.classList;
    let wasDark = false;
    paper.addEventListener("change", () => {
      for (const details of tables) details.open = paper.matches;
      if (paper.matches) wasDark = classes.contains("dark");
      classes.toggle("dark", !paper.matches && wasDark);
    });
  });
})();
