let context: AudioContext | undefined;

/** Two short tones for level 2, four for level 1; made here, because a sound file would be one more thing to load. */
export function beep(priority: number): void {
  if (typeof AudioContext === "undefined") return;
  context ??= new AudioContext();
  const start = context.currentTime;
  const count = priority === 1 ? 4 : 2;
  for (let i = 0; i < count; i += 1) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = i % 2 === 0 ? 880 : 660;
    volume.gain.value = 0.15;
    tone.connect(volume).connect(context.destination);
    tone.start(start + i * 0.25);
    tone.stop(start + i * 0.25 + 0.18);
  }
}
