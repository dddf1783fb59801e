// One knob: a slider, a list or a switch. While it is held, values from the show do not move it.
const knobs = new Map();
const LEVEL = { kind: "real", unit: "", lo: 0, hi: 1, default: 1, log: false, percent: true };

function travelOf(spec, value) {
  if (spec.hi <= spec.lo || value == null) return 0;
  const v = Math.min(spec.hi, Math.max(spec.lo, value));
  const t = spec.log ? Math.log(v / spec.lo) / Math.log(spec.hi / spec.lo) : (v - spec.lo) / (spec.hi - spec.lo);
  return Math.min(1, Math.max(0, t));
}

function valueAt(spec, travel) {
  const t = Math.min(1, Math.max(0, travel));
  const v = spec.log ? spec.lo * Math.exp(Math.log(spec.hi / spec.lo) * t) : spec.lo + (spec.hi - spec.lo) * t;
  return spec.kind === "real" ? v : Math.round(v);
}

function valueText(spec, v) {
  if (v == null) return "–";
  if (spec.percent) return `${Math.round(v * 100)} %`;
  if (spec.kind === "whole") return String(v);
  const size = Math.abs(v), span = spec.hi - spec.lo;
  if (size >= 1e6 || (size > 0 && size < 1e-4)) return v.toExponential(2);
  const digits = spec.log ? 3 - Math.floor(Math.log10(Math.max(size, 1e-4))) - 1 : 3 - Math.ceil(Math.log10(span || 1));
  const fine = size > 0 ? 1 - Math.floor(Math.log10(size)) : 0;
  return v.toFixed(Math.min(6, Math.max(0, digits, fine)));
}

class Knob {
  constructor(address, spec, name) {
    Object.assign(this, { address, spec, set: null, now: null, heldUntil: 0, held: false });
    const label = el("label", { textContent: name, title: spec.doc || "" });
    this.root = el("div", { className: "knob" }, label);
    this.root.dataset.name = name;
    if (spec.kind === "choice") this.makeList(name); else if (spec.kind === "switch") this.makeSwitch(label); else this.makeSlider(name);
    knobs.set(address, this);
  }

  makeList(name) {
    this.list = el("select", { ariaLabel: name }, ...this.spec.options.map((o, i) => el("option", { value: i, textContent: o })));
    this.list.dataset.address = this.address;
    this.list.onchange = () => this.go("value", Number(this.list.value));
    this.root.append(this.list);
  }

  makeSwitch(label) {
    this.toggle = el("button", { className: "toggle switch", textContent: label.textContent });
    this.toggle.dataset.address = this.address;
    this.toggle.onclick = () => this.go("value", this.set >= 0.5 ? 0 : 1);
    label.replaceWith(this.toggle);
  }

  makeSlider(name) {
    this.text = el("span");
    this.value = el("button", { className: "value", title: "Type a value" }, this.text, el("small", { textContent: this.spec.unit }));
    this.value.onclick = () => this.exact();
    this.slider = el("div", { className: "slider", tabIndex: 0, role: "slider", ariaLabel: name, ariaValueMin: 0, ariaValueMax: 1 },
      this.fill = el("div", { className: "fill" }), this.force = el("div", { className: "force", hidden: true }),
      this.mark = el("div", { className: "mark" }));
    this.slider.dataset.address = this.address;
    this.root.append(this.value, this.slider);
    const s = this.slider;
    s.onpointerdown = e => this.down(e);
    s.onpointermove = e => this.drag(e);
    s.onpointerup = e => this.up(e, false);
    s.onpointercancel = e => this.up(e, true);
    s.onkeydown = e => this.key(e);
  }

  // A finger moves the knob relative to its value, so that a touch in the dark changes nothing; a mouse is absolute.
  down(e) {
    if (e.button) return;
    this.start = { x: e.clientX, travel: travelOf(this.spec, this.set), moved: false, mouse: e.pointerType === "mouse" };
    this.slider.setPointerCapture(e.pointerId);
    this.held = true;
  }

  drag(e) {
    if (!this.start) return;
    const box = this.slider.getBoundingClientRect(), dx = e.clientX - this.start.x;
    if (!this.start.moved && Math.abs(dx) < 4) return;
    this.start.moved = true;
    this.slider.classList.add("moving");
    this.to(this.start.mouse ? (e.clientX - box.left) / box.width : this.start.travel + dx / (box.width * 0.85));
  }

  up(e, cancelled) {
    if (!this.start) return;
    if (!cancelled) this.drag(e);
    const { moved, mouse } = this.start, box = this.slider.getBoundingClientRect();
    this.start = null;
    this.held = false;
    this.slider.classList.remove("moving");
    setTimeout(() => this.look(), 600);
    if (cancelled || moved) return;
    const again = e.timeStamp - (this.tapped || -1e9) < 350;
    this.tapped = again ? -1e9 : e.timeStamp;
    if (again) this.go("value", this.spec.default);
    else if (mouse) this.to((e.clientX - box.left) / box.width);
  }

  key(e) {
    const steps = { ArrowRight: 0.01, ArrowUp: 0.01, ArrowLeft: -0.01, ArrowDown: -0.01, PageUp: 0.1, PageDown: -0.1 };
    if (e.key in steps) {
      const whole = this.spec.kind === "whole" ? Math.sign(steps[e.key]) / Math.max(1, this.spec.hi - this.spec.lo) : 0;
      this.to(travelOf(this.spec, this.set) + (Math.abs(whole) > Math.abs(steps[e.key]) ? whole : steps[e.key]));
    } else if (e.key === "Home") this.to(0); else if (e.key === "End") this.to(1);
    else if (e.key === "Delete" || e.key === "Backspace") this.go("value", this.spec.default); else return;
    e.preventDefault();
  }

  // Typed values are in the knob's unit.
  exact() {
    if (this.spec.percent) return;
    const box = el("input", { className: "exact", inputMode: "decimal", value: this.set ?? "", ariaLabel: "Value" });
    const done = take => {
      const v = Number(box.value.replace(",", "."));
      box.replaceWith(this.value);
      if (take && box.value.trim() && Number.isFinite(v)) this.go("value", v);
    };
    box.onkeydown = e => { if (e.key === "Enter") box.blur(); else if (e.key === "Escape") { box.onblur = null; done(false); } };
    box.onblur = () => done(true);
    this.value.replaceWith(box);
    box.focus();
    box.select();
  }

  to(travel) {
    const t = Math.min(1, Math.max(0, travel));
    this.mine(valueAt(this.spec, t));
    line.move(this.address, "travel", t);
  }

  go(how, value) {
    if (!line.isOpen) return toast("Not connected: nothing was sent.");
    this.mine(Math.min(this.spec.hi, Math.max(this.spec.lo, value)));
    line.move(this.address, how, value);
  }

  // Shown at once; the show's value counts again once it has had time to respond.
  mine(value) {
    const old = this.set;
    this.heldUntil = performance.now() + 500;
    this.set = value;
    if (this.now === old) this.now = value;
    this.draw();
    clearTimeout(this.settle);
    this.settle = setTimeout(() => this.look(), 550);
  }

  look() {
    if (this.held || performance.now() < this.heldUntil) return;
    this.set = show.set[this.address] ?? null;
    this.now = show.now[this.address] ?? this.set;
    this.draw();
  }

  draw() {
    if (this.list) {
      if (document.activeElement !== this.list || !this.held) this.list.value = this.set ?? 0;
    } else if (this.toggle) this.toggle.setAttribute("aria-pressed", this.set >= 0.5);
    else {
      const t = travelOf(this.spec, this.set), linked = this.now != null && this.now !== this.set;
      this.fill.style.transform = `scaleX(${t})`;
      this.mark.style.left = `${t * 100}%`;
      this.force.hidden = !linked;
      if (linked) this.force.style.left = `${travelOf(this.spec, this.now) * 100}%`;
      this.root.classList.toggle("linked", linked);
      this.text.textContent = valueText(this.spec, this.set);
      this.slider.ariaValueNow = t.toFixed(3);
      this.slider.ariaValueText = `${this.text.textContent} ${this.spec.unit}`;
    }
  }
}
