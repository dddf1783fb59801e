// What is rebuilt when the scene changes.
function button(text, small, press) {
  const b = el("button", {}, text, small ? el("small", { textContent: small }) : null);
  b.onclick = press;
  return b;
}

const grouped = { open: new Map() };

// A box of knobs that stays open or closed while scenes change.
function box(name, about, list, key) {
  const d = el("details", { open: grouped.open.get(key) ?? grouped.open.size < 2 },
    el("summary", {}, el("span", { textContent: name }), about), el("div", { className: "knobs" }, ...list.map(k => k.root)));
  d.dataset.name = name;
  grouped.open.set(key, d.open);
  d.ontoggle = () => { if (!$("filter").value) grouped.open.set(key, d.open); };
  return d;
}

function buildFace(face) {
  const fixed = ["master.fade", "master.volume"].map(a => [a, knobs.get(a)]);
  knobs.clear();
  fixed.forEach(([a, k]) => { if (k) knobs.set(a, k); });
  $("scenes").replaceChildren(...face.scenes.map((s, i) => {
    const b = button(s, "", () => line.press(`scene.${i}`));
    b.classList.toggle("lit", i === face.scene);
    b.dataset.address = `scene.${i}`;
    return b;
  }));
  $("cues").hidden = !face.cues.length;
  $("cue-list").replaceChildren(...face.cues.map((c, i) => button(c.name || c.scene, c.about, () => line.press(`cue.${i}`))));
  $("nodes").replaceChildren(...face.nodes.map(node => {
    const list = node.knobs.map(s => new Knob(`${node.name}.${s.name}`, s, s.name));
    const switches = node.switches.map(s => new Knob(`${node.name}.${s}`, { kind: "switch", lo: 0, hi: 1, default: 1 }, s));
    const about = el("small", { title: node.about });
    about.dataset.node = node.name;
    return box(node.name, about, [...list, ...switches], `node ${node.name}`);
  }));
  $("voices-box").hidden = !face.voices.length;
  $("voices").replaceChildren(...face.voices.map(v => box(v.name, el("small", { textContent: v.about, title: v.about }),
    v.knobs.map(s => new Knob(`voice.${v.name}.${s.name}`, s, s.name)), `voice ${v.name}`)));
  $("layers").replaceChildren(...[...face.layers].reverse().map(l => layer(l, face)));
  $("links-box").hidden = !face.links.length;
  $("links").replaceChildren(...face.links.map(link));
  others(face.fixed);
  $("preview").width = Math.min(480, face.size[0]);
  $("preview").height = Math.max(1, Math.floor(face.size[1] * $("preview").width / face.size[0]));
  filter();
}

// Fixed addresses without a place of their own on this page.
function others(list) {
  const place = $("others");
  place.replaceChildren();
  const placed = a => document.querySelector(`[data-press="${a}"], [data-address="${a}"]`);
  place.append(...list.filter(f => !placed(f.address)).map(f => {
    const name = f.address.replace(".", " ");
    if (f.spec) return new Knob(f.address, { ...f.spec, doc: f.about }, name).root;
    const b = button(name, "", () => line.press(f.address));
    b.dataset.address = f.address;
    b.title = f.about;
    return b;
  }));
  $("others-box").hidden = !place.children.length;
}

// A layer that is switched off remembers its opacity.
function layer(l, face) {
  const list = face.layer_knobs.map(s => new Knob(`layer.${l.name}.${s.name}`, s, s.name));
  const opacity = list.find(k => k.spec.name === "opacity");
  const rest = list.filter(k => k !== opacity);
  const b = el("button", { className: "toggle soft", textContent: l.name, ariaPressed: "true" });
  b.dataset.layer = l.name;
  let last = 1;
  b.onclick = () => {
    if (opacity.set > 0) { last = opacity.set; opacity.go("value", 0); } else opacity.go("value", last);
  };
  const draw = opacity.draw.bind(opacity);
  opacity.draw = () => { draw(); b.ariaPressed = String(opacity.set > 0); };
  const more = box("more", el("small", { textContent: l.about, title: l.about }), rest, `layer ${l.name}`);
  more.open = grouped.open.get(`shown ${l.name}`) ?? false;
  more.ontoggle = () => grouped.open.set(`shown ${l.name}`, more.open);
  return el("div", { className: "layer" }, el("div", { className: "row" }, b, el("div", { className: "grow" }, opacity.root)), more);
}

function link(l, i) {
  const b = el("button", { className: "toggle soft", textContent: "on", ariaPressed: "false", ariaLabel: `${l.from} to ${l.to}` });
  b.dataset.link = i;
  b.onclick = () => line.press(`link.${i}`);
  const root = el("div", { className: "link" }, b, el("div", { className: "text" }, l.from, " → ", l.to, el("br"),
    el("small", { textContent: l.mode }), el("div", { className: "meter" }, el("i"))));
  root.dataset.link = i;
  return root;
}

function bars(place, list) {
  const rows = [...place.children];
  while (rows.length < list.length) {
    const row = el("div", { className: "bar" }, el("span"), el("span"), el("div", { className: "meter on" }, el("i")));
    place.append(row);
    rows.push(row);
  }
  rows.slice(list.length).forEach(r => r.remove());
  list.forEach(([name, share, text], i) => {
    const [a, b, meter] = rows[i].children;
    a.textContent = name;
    b.textContent = text ?? `${Math.round(share * 100)} %`;
    meter.firstChild.style.transform = `scaleX(${Math.min(1, Math.max(0, share))})`;
  });
}

// Every word must occur in the name of the knob or of its node or voice.
function filter() {
  const words = $("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const d of document.querySelectorAll("#nodes > details, #voices > details")) {
    let any = false;
    for (const k of d.querySelectorAll(".knob")) {
      const name = `${d.dataset.name} ${k.dataset.name}`.toLowerCase();
      k.hidden = !words.every(w => name.includes(w));
      any ||= !k.hidden;
    }
    d.hidden = words.length > 0 && !any;
    if (words.length) d.open = any; else d.open = grouped.open.get(`${d.parentNode.id === "nodes" ? "node" : "voice"} ${d.dataset.name}`) ?? true;
  }
}
