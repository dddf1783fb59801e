// CRT simulation: curved glass, scan lines, dark corners.

void main() {
    vec2 p = uv * 2.0 - 1.0;
    vec2 bent = p * (1.0 + curvature * dot(p.yx, p.yx) * 0.5);
    vec2 at = bent * 0.5 + 0.5;
    vec2 edge = smoothstep(vec2(0.0), vec2(0.004, 0.006), at) * smoothstep(vec2(0.0), vec2(0.004, 0.006), 1.0 - at);
    vec2 split = vec2(fringe * bent.x, 0.0);
    vec3 c = vec3(texture2D(picture, at - split).r, texture2D(picture, at).g, texture2D(picture, at + split).b);
    // Bright scan lines are thicker, as the beam widens.
    float beam = 0.5 + 0.5 * cos(at.y * count * 6.283185307);
    float bright = max(c.r, max(c.g, c.b));
    c *= 1.0 - lines * beam * (1.0 - 0.6 * bright);
    c *= 1.0 + lines * 0.35;
    c *= 1.0 - vignette * dot(p, p) * 0.35;
    gl_FragColor = vec4(c * edge.x * edge.y, 1.0);
}
