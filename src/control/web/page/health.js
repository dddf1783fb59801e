// Health metrics, drawn from health.json.
function span(seconds) {
  const s = Math.floor(seconds || 0), two = n => String(n).padStart(2, "0");
  return `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

function chart(counts, bounds) {
  const most = Math.max(1, ...counts);
  return el("div", { className: "chart" }, ...counts.map((n, i) => {
    const bound = bounds[i], name = bound == null ? `> ${bounds[bounds.length - 1]}` : String(bound);
    const bar = el("i");
    // The square root keeps the few late ones visible next to the many on time.
    bar.style.height = `${n ? Math.max(2, 100 * Math.sqrt(n / most)) : 0}%`;
    const one = el("div", { title: `${n} up to ${name} ms` }, bar, name);
    one.className = bound == null || bound > 25 ? "bad" : bound > 16.7 ? "late" : "";
    return one;
  }));
}

function drawHealth(place, h) {
  const facts = [
    ["running", span(h.seconds)], ["scene", `${h.scene ?? "–"}, seed ${h.seed}`], ["tick", `${h.tick} (${(h.tick_ms || 0).toFixed(1)} ms)`],
    ["longest, 1 min", `${(h.longest || 0).toFixed(1)} ms`],
    h.longest_frame == null ? null : ["longest frame", `${h.longest_frame.toFixed(1)} ms`],
    ["memory", h.memory ? `${Math.round(h.memory / 1048576)} MB` : "unknown"], ["restarts", String(h.restarts)],
    ["flash limiter", h.limiter.on ? `on, ${h.limiter.held} frames attenuated` : "OFF"],
    h.record ? ["recording", `${h.record.frames} frames, ${h.record.dropped} dropped${h.record.problem ? `: ${h.record.problem}` : ""}`] : null,
    h.clients == null ? null : ["clients", `${h.clients}${h.messages_dropped ? `, ${h.messages_dropped} messages dropped` : ""}`],
    h.refused ? ["commands dropped", `${h.refused}: queue full`] : null,
    h.locked_out ? ["locked out", `${h.locked_out} in show mode`] : null,
    h.silent_for > 1 ? ["simulation stalled", `for ${Math.floor(h.silent_for)} s`] : null,
    ["version", h.version],
  ];
  const list = el("dl", { className: "facts" });
  for (const f of facts) if (f) list.append(el("dt", { textContent: f[0] }), el("dd", { textContent: f[1] }));
  const parts = [list];
  for (const [counts, word] of [[h.ticks, "ticks"], [h.frames, "window frames"]]) {
    if (counts && counts.length) parts.push(chart(counts, h.bounds), el("p", { className: "caption", textContent: `${word} by duration in ms (height: square root of the count)` }));
  }
  for (const d of h.devices) {
    parts.push(el("div", { className: d.fine ? "device" : "device bad", textContent: `${d.what} ${d.name}: ${d.word}` }));
  }
  if (h.last_error) parts.push(el("p", { className: "word wrong", textContent: `Last error: ${h.last_error}` }));
  place.replaceChildren(...parts);
}

// For the health page.
async function look() {
  try {
    const answer = await fetch(`health.json${location.search}`, { cache: "no-store" });
    drawHealth($("health"), await answer.json());
    $("word").textContent = "";
  } catch {
    $("word").textContent = "The show does not respond; retrying.";
  }
}
