// Looks through the index of the book for the words of the address, in English or Dutch, and lists what it finds.
(() => {
  const [MOST, AROUND] = [40, 90]; // hits that are listed, and characters of text before a word that was found
  const WEIGHTS = { Answer: 2.2, Recommendation: 2.2, Conclusion: 2.2, Section: 1.6, Page: 1.6, Figure: 1.45, Finding: 1.2, Claim: 1,
    Remark: 1, Term: 0.9, "In Dutch": 0.6, Data: 0.6, About: 0.5,
    Code: 0.02 };
  const SMALL = new Set(("a an and are as at be by do does did for from how in is it of on or that the there this to was were what"
    + " with aan als bij de der des die dat door een en er het hoe in is met naar of om op over te tot uit van voor wat zijn"
  ).split(" "));
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/ı/g, "i")
    .replace(/(\d)[,.](?=\d{3}(?!\d))/g, "$1").replace(/['’]s\b/g, "");
  const split = (text) => plain(text).match(/[\p{L}\p{N}]+/gu) ?? [];
  const stem = (word) => (/^\d|ss$|us$|is$/.test(word) || word.length < 4 ? word : word.replace(/ies$/, "y")
    .replace(/(s|x|ch|sh)es$/, "$1").replace(/s$/, ""));
  const stems = (text) => split(text).map(stem);

  // What is asked, as groups of which each has to be found in one of its wordings: a wording is a list of words.
  function groups(query, known) {
    const words = split(query);
    const found = [];
    for (let at = 0; at < words.length;) {
      let long = Math.min(5, words.length - at);
      while (long > 1 && !known.has(words.slice(at, at + long).join(" "))) long -= 1;
      const part = words.slice(at, at + long);
      const others = known.get(part.join(" ")) ?? [];
      if (others.length || !SMALL.has(part[0])) found.push([part.map(stem), ...others]);
      at += long;
    }
    return found;
  }

  const index = globalThis.bookIndex;
  const entries = index.entries.map(([kind, title, text, address, mark, where, page]) => ({
    kind, title, text, address, mark, where, page, called: stems(title), said: stems(`${text} ${where}`), within: stems(page),
  }));
  const known = new Map();
  for (const [word, name] of index.words) {
    const key = split(word).join(" ");
    known.set(key, [...known.get(key) ?? [], stems(name)]);
  }

  // How well words have one that is asked: the same, or one that begins with it.
  function has(words, asked) {
    if (words.includes(asked)) return 1;
    return asked.length > 3 && !/^\d+$/.test(asked) && words.some((word) => word.startsWith(asked)) ? 0.4 : 0;
  }
  const follows = (words, wording) => words.some((_, at) => wording.every((one, next) => words[at + next] === one));
  const rare = {};
  function rarity(word) {
    const having = () => entries.filter(({ called, said }) => has(called, word) || has(said, word)).length;
    rare[word] ??= Math.log(1 + entries.length / (1 + having()));
    return rare[word];
  }
  function fit(entry, wording) {
    let sum = 0;
    for (const word of wording) {
      const best = Math.max(3 * has(entry.called, word), has(entry.said, word), 0.5 * has(entry.within, word));
      if (!best) return 0;
      sum += best * rarity(word);
    }
    if (wording.length > 1 && (follows(entry.called, wording) || follows(entry.said, wording))) sum *= 1.5;
    return sum;
  }
  function score(entry, asked, together) {
    const fits = asked.map((wordings) => Math.max(...wordings.map((wording) => fit(entry, wording))));
    const found = fits.filter(Boolean).length;
    if (!found) return 0;
    const all = asked.flat(2);
    const share = entry.called.filter((word) => all.includes(word)).length / entry.called.length;
    const row = together && follows(entry.called, together) ? 1.5 : 1;
    const sum = fits.reduce((one, other) => one + other, 0) * (found / asked.length) ** 3;
    return sum * (1 + 0.5 * share) * row * WEIGHTS[entry.kind];
  }

  // Words that were asked, marked in a text.
  function shown(text, asked) {
    const line = document.createElement("span");
    const all = asked.flat(2);
    for (const part of text.split(/([\p{L}\p{N}]+)/u)) {
      const hit = all.includes(stems(part)[0]);
      line.append(hit ? Object.assign(document.createElement("mark"), { textContent: part }) : part);
    }
    return line;
  }
  function around(text, asked) {
    const all = asked.flat(2);
    const first = [...text.matchAll(/[\p{L}\p{N}]+/gu)].find(([word]) => all.includes(stems(word)[0]))?.index ?? 0;
    const from = first < AROUND ? 0 : text.indexOf(" ", first - AROUND) + 1;
    const part = text.slice(from, from + 2.5 * AROUND);
    return `${from ? "… " : ""}${part}${from + part.length < text.length ? " …" : ""}`;
  }
  function item({ kind, title, text, address, mark, where, page }, asked) {
    const one = document.createElement("li");
    const link = Object.assign(document.createElement("a"), { href: address });
    link.append(shown(title, asked));
    const from = Object.assign(document.createElement("p"), { className: "search-from" });
    from.textContent = [kind, mark, page === title ? "" : page, where && `report ${where}`].filter(Boolean).join(" · ");
    one.append(link, from);
    if (text) one.append(Object.assign(document.createElement("p"), { className: "search-text" }));
    one.querySelector(".search-text")?.append(shown(around(text, asked), asked));
    return one;
  }

  const query = new URLSearchParams(location.search).get("q")?.trim();
  if (!query) return;
  document.querySelector("#search-here").value = query;
  document.title = `${query} — ${document.title}`;
  const asked = groups(query, known);
  const together = asked.length > 1 && asked.every(([wording]) => wording.length === 1) && asked.map(([[word]]) => word);
  const hits = entries.map((entry) => [score(entry, asked, together), entry]).filter(([points]) => points > 0)
    .sort(([one], [other]) => other - one);
  const best = hits.filter(([points]) => points > hits[0][0] / 12).slice(0, MOST);
  document.querySelector("#search-results").replaceChildren(...best.map(([, entry]) => item(entry, asked)));
  const number = best.length < hits.length ? `The ${best.length} best of ${hits.length} places` : `${best.length} places`;
  document.querySelector("#search-said").textContent = hits.length
    ? `${hits.length === 1 ? "1 place" : number} for “${query}”` : `Nothing found for “${query}”`;
  try { // marked on the page that is opened
    const words = asked.flat(2).filter((word) => word.length > (/^\d+$/.test(word) ? 1 : 3));
    localStorage.setItem("sphinx_highlight_terms", [...new Set(words)].join(" "));
  } catch { /* storage is blocked: nothing is marked */ }
})();
