// Bloom: light spreads from bright areas. Pixels brighter than the threshold are downsampled, blurred twice in each
// direction (the second time wider) and screened onto the picture.
// Parts: 0 bright pass at half size, 1-4 blur at a quarter, 5 composite.

vec3 light(vec2 at) {
    vec3 c = texture2D(picture, at).rgb;
    float bright = max(c.r, max(c.g, c.b));
    // A soft knee, so that nothing flickers at the threshold.
    float knee = smoothstep(threshold - 0.15, threshold + 0.15, bright);
    return c * c * knee;
}

// A Gaussian over 13 pixels, two per texture read by linear filtering between their centres.
vec3 blur(vec2 step) {
    vec3 sum = texture2D(previous, uv).rgb * 0.1964825501511404;
    sum += (texture2D(previous, uv + step * 1.411764705882353).rgb +
            texture2D(previous, uv - step * 1.411764705882353).rgb) * 0.2969069646728344;
    sum += (texture2D(previous, uv + step * 3.2941176470588234).rgb +
            texture2D(previous, uv - step * 3.2941176470588234).rgb) * 0.09447039785044732;
    sum += (texture2D(previous, uv + step * 5.176470588235294).rgb +
            texture2D(previous, uv - step * 5.176470588235294).rgb) * 0.010381362401148057;
    return sum;
}

void main() {
    vec2 pixel = vec2(1.0 / width, 1.0 / height);
    // The same spread in fractions of the width at any size of the picture.
    vec2 spread = vec2(1.0, width / height) * radius * 0.0016;
    vec3 c;
    if (part < 0.5) {
        vec2 d = pixel * 0.25;
        c = (light(uv + d) + light(uv - d) + light(uv + vec2(d.x, -d.y)) + light(uv + vec2(-d.x, d.y))) * 0.25;
    } else if (part < 1.5) {
        c = blur(vec2(spread.x, 0.0));
    } else if (part < 2.5) {
        c = blur(vec2(0.0, spread.y));
    } else if (part < 3.5) {
        c = blur(vec2(spread.x * 2.3, 0.0));
    } else if (part < 4.5) {
        c = blur(vec2(0.0, spread.y * 2.3));
    } else {
        vec3 base = texture2D(picture, uv).rgb;
        vec3 glow = texture2D(previous, uv).rgb * strength;
        // Screen blend, so that highlights do not clip to flat white.
        c = 1.0 - (1.0 - base) * (1.0 - min(glow, 1.0));
    }
    gl_FragColor = vec4(c, 1.0);
}
