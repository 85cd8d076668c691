// What each kind of chart is drawn of: data and colours in, the options of Apache ECharts out.
"use strict";

(() => {
  const SYMBOLS = ["circle", "rect", "triangle", "diamond", "roundRect", "pin"];
  const DASHES = ["solid", [8, 5], [2, 5], [12, 4, 2, 4], [5, 3], [1, 3]];
  const INDEX_BOUNDS = [60, 85, 115, 160];
  const DECALS = [
    { dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4 },
    { dashArrayX: [1, 0], dashArrayY: [1, 7], rotation: Math.PI / 4 },
    { symbolSize: 0 },
    { symbol: "circle", dashArrayX: [[6, 6], [0, 6, 6, 0]], dashArrayY: [6, 0], symbolSize: 0.5 },
    { dashArrayX: [1, 0], dashArrayY: [3, 3], rotation: 0 },
  ].map((decal) => ({ color: "rgba(127, 127, 127, 0.45)", ...decal }));
  const number = new Intl.NumberFormat(document.documentElement.lang || "en");
  const put = (text, values) => Object.entries(values).reduce((done, [name, value]) => done.replace(`%(${name})s`, value), text);
  const indexNames = (words) => {
    const last = INDEX_BOUNDS.length - 1;
    const between = INDEX_BOUNDS.slice(1).map((high, place) => put(words.between, { low: INDEX_BOUNDS[place], high }));
    return [put(words.below, { bound: INDEX_BOUNDS[0] }), ...between, put(words.above, { bound: INDEX_BOUNDS[last] })];
  };
  const inkOn = (shade) => {
    const [red, green, blue] = shade.match(/[\d.]+/g).map(Number);
    return 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? "#111827" : "#ffffff";
  };
  const shadeOfIndex = (index) => INDEX_BOUNDS.filter((bound) => index >= bound).length;
  // By the square root: a few large towns would leave the rest pale.
  const shadeOfCount = (value, highest) => Math.min(4, Math.floor(Math.sqrt(value / (highest || 1)) * 5));

  const kinds = {
    // A bar for each item; `low` and `high` are the ends of its interval, `reference` is a line across all.
    // `lead`: so many of them where there is little room.
    bars({ items: all, reference, lead }, { ink, quiet, line, bar, card, isPaper }, isNarrow) {
      const items = isNarrow ? all.slice(0, lead) : all;
      const label = { color: ink, fontSize: 13 };
      const above = { ...label, inside: true, verticalAlign: "bottom", padding: [0, 0, 11, -4] };
      // Names stand at the left, though bars of what became less begin at the middle.
      const plain = { axisLine: { show: false, onZero: false }, axisTick: { show: false }, type: "category", inverse: true };
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
        height: 34 + items.length * (isNarrow ? 44 : isPaper ? 22 : 32),
        grid: { left: 0, right: 4, top: isNarrow ? 12 : 2, bottom: 2, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
        xAxis: {
          type: "value",
          position: "top",
          // An interval may be cut off where the bars are what is compared; of changes it is whether it holds 0.
          max: reference && ends > highest * 1.6 ? Math.ceil((highest * 1.6) / 10) * 10 : null,
          splitLine: { lineStyle: { color: line } },
          axisLabel: { color: quiet, hideOverlap: true, formatter: number.format },
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
            markLine: reference !== undefined && {
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
            data: items.flatMap(({ low, high }, row) => (Number.isFinite(high) ? [[low, high, row]] : [])),
          },
        ],
      };
    },

    // A line for each name over the same deliveries, at even distances: several may be of one day, or none of a month.
    lines({ lines, axis }, { ink, quiet, line, lines: colours, isPaper }) {
      const isLong = axis.length > 30;
      return {
        height: isPaper ? 220 : 320,
        legend: { type: "scroll", bottom: 0, textStyle: { color: ink }, itemWidth: 34 },
        grid: { left: 4, right: 12, top: 12, bottom: isLong ? 76 : 36, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
        dataZoom: isLong ? [{ type: "slider", bottom: 32, height: 20, startValue: axis.length - 30 }] : [],
        xAxis: { type: "category", data: axis, axisLabel: { color: quiet, hideOverlap: true, lineHeight: 15, margin: 10 }, axisLine: { lineStyle: { color: line } } },
        yAxis: { type: "value", splitLine: { lineStyle: { color: line } }, axisLabel: { color: quiet, formatter: number.format } },
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

    // Rows by columns, shaded by an index around 100 or by how much there is; `line` stands so many columns from the left.
    heat({ cells, rows, columns, isIndex, line }, { ink, quiet, counts, indexes, card, patterns, isPaper }, isNarrow) {
      const highest = Math.max(...cells.map(({ value }) => value));
      const shadeOf = (value) => (isIndex ? shadeOfIndex(value) : shadeOfCount(value, highest));
      const plain = { type: "category", axisLine: { show: false }, axisTick: { show: false }, splitArea: { show: false } };
      // Names that do not fit side by side stand aslant; of figures long ones are small, and longer ones left to the table.
      const longest = Math.max(0, ...columns.map(({ length }) => length));
      const isTight = longest * columns.length > (isNarrow ? 50 : 140);
      const room = isNarrow ? 250 / columns.length : Infinity;
      const across = (_, api) => {
        const [[middle, top], [, bottom], [width, height]] = [api.coord([0, 0]), api.coord([0, rows.length - 1]), api.size([1, 1])];
        // Where there is little room it stands between two months, and covers no figure.
        const x = middle + ((isNarrow ? Math.round(line) : line) - 0.5) * width;
        const stroke = (style) => ({ type: "line", shape: { x1: x, y1: top - height / 2, x2: x, y2: bottom + height / 2 }, style });
        // On a ground of its own, for shades are light and dark.
        return { type: "group", children: [stroke({ stroke: card, lineWidth: 6 }), stroke({ stroke: ink, lineWidth: 2, lineDash: [6, 4] })] };
      };
      return {
        height: 34 + rows.length * (isPaper ? 18 : 28) + (isTight ? 4 * Math.min(longest, 18) : 0),
        grid: { left: 0, right: 0, top: 2, bottom: 2, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
        xAxis: { ...plain, data: columns, position: "top", axisLabel: { color: quiet, interval: 0, fontSize: isNarrow ? 9 : 12, rotate: isTight ? 55 : 0, width: 110, overflow: "truncate" } },
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
            label: { show: true, fontSize: isNarrow ? 10 : 12, formatter: ({ data }) => (data.figure.length * 4.2 < room + 2 ? data.figure : "") },
            data: cells.map((cell) => {
              const shade = shadeOf(cell.value);
              const fill = (isIndex ? indexes : counts)[shade];
              const decal = patterns ? { decal: DECALS[shade] } : {};
              const itemStyle = { color: fill, borderColor: card, borderWidth: 2, borderRadius: 4, ...decal };
              return { ...cell, value: [cell.x, cell.y, cell.value], itemStyle, label: { color: inkOn(fill), ...(cell.figure.length * 5.5 < room ? {} : { fontSize: 8 }) } };
            }),
          },
          { type: "custom", silent: true, renderItem: across, tooltip: { show: false }, z: 4, data: line === undefined ? [] : [[0, 0]] },
        ],
      };
    },

    // Circles on the world, by the shade of their index; their areas are what is compared.
    map({ towns }, { ink, quiet, card, indexes, words, isPaper }, isNarrow) {
      const highest = Math.max(...towns.map(({ value }) => value), 1);
      const radius = (value) => 3 + (isNarrow ? 11 : 20) * Math.sqrt(value / highest);
      const series = indexNames(words).map((name, shade) => ({
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
        height: isPaper ? 280 : null,
        legend: { bottom: 0, textStyle: { color: ink }, itemGap: isNarrow ? 6 : 14, itemWidth: 14 },
        geo: { map: "world", roam: true, top: 0, bottom: isNarrow ? 50 : 30, left: 0, right: 0, scaleLimit: { min: 1, max: 60 } },
        series,
      };
    },
  };

  globalThis.demandCharts = { kinds, put, decals: DECALS };
})();
