// Video feedback: earlier pictures linger, drift and rotate. The last result, slightly enlarged and rotated, fades under
// the new picture.

vec3 turn_hue(vec3 c, float turns) {
    // Rotation about the grey axis.
    float a = turns * 6.283185307;
    vec3 k = vec3(0.57735027);
    return c * cos(a) + cross(k, c) * sin(a) + k * dot(k, c) * (1.0 - cos(a));
}

void main() {
    vec2 shape = vec2(width / height, 1.0);
    vec2 p = (uv - 0.5) * shape / zoom;
    float a = radians(turn);
    p = mat2(cos(a), -sin(a), sin(a), cos(a)) * p;
    vec2 from = p / shape + 0.5;
    vec3 old = texture2D(history, from).rgb;
    vec2 inside = step(vec2(0.0), from) * step(from, vec2(1.0));
    // One step of 1/255 less, or rounding would leave ghosts that never fade.
    old = max(turn_hue(old, hue) * persistence - 1.0 / 255.0, 0.0) * inside.x * inside.y;
    gl_FragColor = vec4(max(texture2D(picture, uv).rgb, old), 1.0);
}
