// A sector of the picture, mirrored around the centre.

void main() {
    vec2 shape = vec2(width / height, 1.0);
    vec2 p = (uv - 0.5) * shape;
    float sector = 6.283185307 / sectors;
    float spin_now = time * spin / 60.0 * 6.283185307;
    float a = mod(atan(p.y, p.x) + spin_now, sector);
    a = abs(a - sector * 0.5) - spin_now;
    vec2 q = vec2(cos(a), sin(a)) * length(p) / zoom / shape + 0.5;
    // Mirrored at the border too, so that the corners are never empty.
    q = 1.0 - abs(1.0 - mod(q, 2.0));
    gl_FragColor = vec4(texture2D(picture, q).rgb, 1.0);
}
