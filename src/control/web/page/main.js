// Shows the state of the show on the page, and sends input to it.
const show = { face: null, set: {}, now: {}, read: {}, beatAt: 0 };
const BY_NAME = ["set", "now", "read"];
const light = new Knob("master.fade", LEVEL, "Light"), volume = new Knob("master.volume", LEVEL, "Volume");
$("light").append(light.root);
$("volume").append(volume.root);

function receive(message) {
  if (message.face) {
    Object.assign(show, { face: message.face, set: {}, now: {}, read: {} });
    buildFace(message.face);
  } else if (message.state) merge(message.state);
  else if (message.error) { toast(message.error, true); voteRejected(message.error); rateRejected(message.error); }
  else if (message.pong) $("line").textContent = `${Math.round(performance.now() - message.pong)} ms`;
}

function merge(state) {
  const touched = new Set();
  for (const [part, value] of Object.entries(state)) {
    if (!BY_NAME.includes(part)) { show[part] = value; continue; }
    for (const [name, v] of Object.entries(value)) {
      if (v === null) delete show[part][name]; else show[part][name] = v;
      touched.add(name);
    }
  }
  for (const name of touched) knobs.get(name)?.look();
  for (const part of Object.keys(state)) draw[part]?.(state[part]);
}

const pressed = (id, on) => $(id).setAttribute("aria-pressed", Boolean(on));

const draw = {
  set() {
    const s = show.set, black = s["master.blackout"] >= 0.5;
    pressed("black", black);
    $("black").firstChild.textContent = black ? "BLACK" : "BLACKOUT";
    $("black").lastChild.hidden = !black;
    pressed("freeze", s["master.freeze"]);
    $("freeze").textContent = s["master.freeze"] ? "Frozen" : "Freeze";
    pressed("mute", s["master.mute"]);
    pressed("pause", s["show.pause"]);
    $("pause").textContent = s["show.pause"] ? "Paused" : "Pause";
    const words = [black && "BLACK", s["master.freeze"] && "FROZEN", s["master.fade"] === 0 && "LIGHT IS DOWN"].filter(Boolean);
    $("curtain").hidden = !words.length;
    $("curtain").textContent = words.join(" · ");
    (show.face?.links || []).forEach((_, i) => {
      const on = s[`link.${i}`] >= 0.5, b = $("links").children[i]?.firstChild;
      if (b) { b.ariaPressed = String(on); b.textContent = on ? "on" : "off"; }
    });
    draw.where();
  },
  where() {
    const f = show.face;
    if (!f) return;
    const moving = show.transition == null ? "" : ` · transition ${Math.round(show.transition * 100)} %`;
    $("now").textContent = `${f.scenes[f.scene] ?? ""} · seed ${show.seed ?? ""} · ${f.size[0]}×${f.size[1]}${moving}`;
  },
  transition() { draw.where(); },
  seed() { draw.where(); },
  read() {
    for (const place of document.querySelectorAll("[data-node]")) {
      const head = `${place.dataset.node}.`;
      const words = Object.entries(show.read).filter(([k]) => k.startsWith(head)).slice(0, 2);
      place.textContent = words.map(([k, v]) => `${k.slice(head.length)} ${Number(v).toPrecision(3)}`).join("  ");
    }
  },
  links(list) {
    list.forEach(([level, active], i) => {
      const root = $("links").children[i];
      if (!root) return;
      root.classList.toggle("on", Boolean(active));
      root.querySelector("i").style.transform = `scaleX(${Math.min(1, Math.max(0, level))})`;
    });
  },
  tempo(t) {
    $("bpm").textContent = t.bpm ? t.bpm.toFixed(t.bpm < 100 ? 1 : 0) : "Tap";
    $("tap").title = t.source ? `Tempo from ${t.source}` : "Tap the tempo";
    show.beatAt = performance.now() - (t.bpm ? (show.phase || 0) * 60000 / t.bpm : 0);
  },
  cue(c) {
    [...$("cue-list").children].forEach((b, i) => {
      b.classList.toggle("lit", i === c.now);
      b.classList.toggle("next", i === c.next && i !== c.now);
    });
    const name = show.face?.cues[c.next]?.name;
    $("waits").textContent = name ? `next: ${name}${c.waits_for ? `, ${c.waits_for}` : ""}` : "";
  },
  verdict(v) {
    $("judge").hidden = !v;
    if (!v) return;
    $("unsure").textContent = v.unsure ? "unsure" : "";
    bars($("verdict"), [...v.top, ["novelty", v.novelty]]);
  },
  looking(on) { pressed("gaze", on); },
  heard(h) {
    const list = Object.entries(h).filter(([n]) => !n.startsWith("chroma.")).slice(0, 6);
    $("ears").hidden = !list.length;
    bars($("heard"), list.map(([n, v]) => [n, v, v.toFixed(2)]));
  },
  limiter(l) {
    pressed("limiter", l.on);
    $("limiter").textContent = l.on ? (l.acting ? "Limiter: acting" : "Flash limiter on") : "LIMITER IS OFF";
    $("limiter").classList.toggle("wrong", !l.on);
  },
  record(r) {
    pressed("record", r);
    $("record").textContent = r ? "● Recording" : "Record";
    $("record-word").textContent = r ? `${r.path}: ${r.frames} frames, ${r.dropped} dropped${r.problem ? `. ${r.problem}` : ""}` : "";
    $("record-word").classList.toggle("wrong", Boolean(r?.problem || r?.dropped));
  },
  undo([back, again]) {
    $("undo").disabled = !back;
    $("redo").disabled = !again;
    $("undo").textContent = `↶ Undo${back ? ` ${back}` : ""}`;
    $("redo").textContent = `↷ Redo${again ? ` ${again}` : ""}`;
  },
  kept() { slots(); },
  notice([number, text]) {
    if (show.noticed != null && number > show.noticed && text && !show.face?.scenes.includes(text)) toast(text);
    show.noticed = number;
  },
  problems() { banner(); }, still() { banner(); }, closed() { banner(); }, locked() { banner(); },
  messages(list) { (list || []).forEach(([node, text]) => toast(`${node}: ${text}`)); },
  health(h) { drawHealth($("health"), { ...h, clients: show.clients }); },
  sides(n) { $("sides").hidden = n < 2; },
  versus(c) { drawVersus(c); },
  vote(v) { drawVote(v); },
  pair(p) { drawPair(p); },
  taste(t) { drawTaste(t); },
};

function banner() {
  const words = [];
  if (!line.isOpen) words.push("The show does not respond. This page reconnects by itself.");
  if (show.still) words.push(`The simulation has stalled for ${show.still} s. Blackout, freeze and light still work.`);
  if (show.locked) words.push("🔒 Show mode: only allowed controls work.");
  if (show.closed) words.push("Outside the opening hours: the picture is black on purpose.");
  words.push(...(show.problems || []).slice(0, 3));
  $("banner").textContent = words.join("\n");
  $("banner").hidden = !words.length;
}

line.receive = receive;
line.changed = (open, wait) => {
  document.body.classList.toggle("off", !open);
  $("line").classList.toggle("off", !open);
  $("line").textContent = open ? "online" : `retry in ${(wait / 1000).toFixed(1)} s`;
  if (open) { show.noticed = null; wanted = false; }
  banner();
};

// The preview is requested frame by frame, and only while it is visible: a slow connection gets fewer, not late ones.
let wanted = false;
line.picture = async blob => {
  wanted = false;
  try {
    const picture = await createImageBitmap(blob), c = $("preview");
    if (c.width !== picture.width || c.height !== picture.height) { c.width = picture.width; c.height = picture.height; }
    c.getContext("2d").drawImage(picture, 0, 0);
    picture.close();
  } catch { /* A picture that cannot be decoded is followed by another. */ }
  watch();
};
function watch() {
  if (!wanted && !document.hidden && $("preview").offsetParent) wanted = line.send({ preview: true });
}
setInterval(watch, 300);

// Touches on the preview are touches on the world.
const fingers = new Map();
function touch(e, phase) {
  const box = $("preview").getBoundingClientRect(), c = $("preview");
  const scale = Math.min(box.width / c.width, box.height / c.height), w = c.width * scale, h = c.height * scale;
  let f = fingers.get(e.pointerId);
  if (phase === "down") {
    const used = new Set([...fingers.values()].map(f => f.id));
    f = { id: [...Array(10).keys()].find(i => !used.has(i)), away: e.button === 2 };
    if (f.id == null) return;
    fingers.set(e.pointerId, f);
    $("preview").setPointerCapture(e.pointerId);
  }
  if (!f) return;
  f.x = (e.clientX - box.left - (box.width - w) / 2) / w;
  f.y = (e.clientY - box.top - (box.height - h) / 2) / h;
  if (phase === "up") fingers.delete(e.pointerId);
  if (phase !== "move" || performance.now() - f.sent > 33) sendTouch(f, phase);
}
function sendTouch(f, phase) {
  f.sent = performance.now();
  const clamp = v => Math.min(1, Math.max(0, v));
  line.send({ touch: { id: f.id, x: clamp(f.x), y: clamp(f.y), phase, away: f.away } });
}
$("preview").onpointerdown = e => touch(e, "down");
$("preview").onpointermove = e => touch(e, "move");
$("preview").onpointerup = $("preview").onpointercancel = e => touch(e, "up");
$("preview").oncontextmenu = e => e.preventDefault();
setInterval(() => fingers.forEach(f => { if (performance.now() - f.sent > 300) sendTouch(f, "move"); }), 200);

// Preset slots: a tap recalls, and stores only after *Store in…*.
let storing = false;
function slots() {
  const kept = show.kept || [];
  $("slots").classList.toggle("armed", storing);
  pressed("keep", storing);
  $("slot-word").textContent = storing ? "tap a slot to store all knobs" : kept.length ? "tap to recall" : "none stored yet";
  $("slots").replaceChildren(...Array.from({ length: 10 }, (_, i) => {
    const b = button(String(i), "", () => {
      line.press(`${storing ? "keep" : "recall"}.${i}`);
      storing = false;
      slots();
    });
    b.dataset.slot = i;
    b.classList.toggle("next", kept.includes(i));
    b.disabled = !storing && !kept.includes(i);
    return b;
  }));
}
slots();

// Controls that never scroll act on pointer down, not on release; a click by the keyboard has no pointer.
function atOnce(b, act) {
  b.onpointerdown = e => { if (!e.button) act(); };
  b.onclick = e => { if (!e.detail) act(); };
}
for (const b of document.querySelectorAll("[data-press]")) {
  const press = () => line.press(b.dataset.press);
  if (b.closest("header")) atOnce(b, press); else b.onclick = press;
}
$("keep").onclick = () => { storing = !storing; slots(); };
atOnce($("tap"), () => line.press("tempo.tap"));
$("filter").oninput = filter;
$("limiter").onclick = () => { if (show.limiter?.on) $("ask").showModal(); else line.press("master.limiter"); };
$("ask").onclose = () => { if ($("ask").returnValue === "yes") line.press("master.limiter"); };

// Panic must be held for half a second, so that it is not pressed by accident.
let panicking = 0;
const panic = on => {
  clearTimeout(panicking);
  if (!on && $("panic").classList.contains("held")) toast("Panic: hold it for half a second.");
  $("panic").classList.toggle("held", on);
  if (on) panicking = setTimeout(() => { line.press("show.reset"); panic(false); toast("Reset to the scene file."); }, 500);
};
$("panic").onpointerdown = () => panic(true);
$("panic").onpointerup = $("panic").onpointerleave = $("panic").onpointercancel = () => panic(false);
$("panic").onkeydown = e => { if (e.key === "Enter" && !e.repeat) panic(true); };
$("panic").onkeyup = () => panic(false);

for (const b of document.querySelectorAll("[data-go]")) atOnce(b, () => {
  document.body.dataset.tab = b.dataset.go;
  for (const o of document.querySelectorAll("[data-go]")) o.setAttribute("aria-current", o === b);
  scrollTo(0, 0);
  watch();
});

function beat() {
  const bpm = show.tempo?.bpm;
  if (bpm) {
    const phase = ((performance.now() - show.beatAt) * bpm / 60000) % 1;
    $("beat").style.opacity = Math.max(0.12, 1 - phase * 1.6);
  }
  requestAnimationFrame(beat);
}
requestAnimationFrame(beat);
$("health-link").href = `health${location.search}`;
line.connect();
