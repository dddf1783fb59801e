// The connection to the show: reconnects by itself, and sends no more than what can be seen.
const line = {
  socket: null, wait: 500, token: new URLSearchParams(location.search).get("token") || "",
  moves: new Map(), flushed: 0, asked: 0, answered: 0, timer: 0, isOpen: false,
  receive() {}, picture() {}, changed() {},

  connect() {
    clearTimeout(this.timer);
    // Relative to this page, under any proxy prefix, and encrypted if the page is.
    const place = new URL(`socket?token=${encodeURIComponent(this.token)}`, location.href);
    place.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(place);
    this.socket = socket;
    socket.binaryType = "blob";
    socket.onopen = () => {
      if (socket !== this.socket) return;
      this.wait = 500;
      this.isOpen = true;
      this.asked = 0;
      this.answered = performance.now();
      this.changed(true);
    };
    socket.onmessage = m => {
      if (socket !== this.socket) return;
      this.answered = performance.now();
      if (typeof m.data === "string") this.receive(JSON.parse(m.data)); else this.picture(m.data);
    };
    socket.onclose = () => { if (socket === this.socket) this.lost(); };
  },

  // Back-off from half a second to five seconds: the show may be restarting.
  lost() {
    const old = this.socket;
    this.socket = null;
    this.isOpen = false;
    this.moves.clear();
    if (old) old.close();
    this.changed(false, this.wait);
    this.timer = setTimeout(() => this.connect(), this.wait);
    this.wait = Math.min(5000, this.wait * 1.6);
  },

  hurry() {
    if (!this.isOpen) { this.wait = 500; this.socket = null; this.connect(); }
  },

  send(what) {
    if (this.isOpen && this.socket.readyState === 1) { this.socket.send(JSON.stringify(what)); return true; }
    return false;
  },

  press(address) {
    if (!this.send({ move: address, press: true })) toast("Not connected: nothing was sent.");
  },

  // Only the newest value of each knob is sent, once a frame and at most forty times a second.
  move(address, how, value) {
    if (!this.moves.size) this.later();
    this.moves.set(address, { move: address, [how]: value });
  },

  later() { requestAnimationFrame(now => this.flush(now)); },

  flush(now) {
    if (now - this.flushed < 24) return this.later();
    this.flushed = now;
    for (const m of this.moves.values()) this.send(m);
    this.moves.clear();
  },

  // A connection that has died silently is closed.
  look() {
    if (!this.isOpen) return;
    if (performance.now() - this.answered > 6000) return this.lost();
    this.asked = performance.now();
    this.send({ ping: this.asked });
  },
};
setInterval(() => line.look(), 2000);
addEventListener("online", () => line.hurry());
document.addEventListener("visibilitychange", () => { if (!document.hidden) line.hurry(); });

let toasting = 0;
function toast(text, wrong = false) {
  $("toast").textContent = text;
  $("toast").classList.toggle("wrong", wrong);
  $("toast").hidden = false;
  clearTimeout(toasting);
  toasting = setTimeout(() => { $("toast").hidden = true; }, 4000);
}
