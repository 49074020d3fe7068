"""Writes tf_features.json: features of a stated signal by TensorFlow's tf.signal (pip install tensorflow)."""
import json
import numpy as np
import tensorflow as tf

RATE = 8000
n = np.arange(3000)
# Two tones, one of which rises, and a click.
signal = 0.4 * np.sin(2 * np.pi * 440 * n / RATE) + 0.3 * np.sin(2 * np.pi * (300 + 0.2 * n) * n / RATE)
signal[1200] += 0.9
signal = np.round(signal * 20000) / 32768

def features(window, hop, bands, low, high, coefficients=None):
    padded = np.zeros(4000)
    padded[:3000] = signal
    stft = tf.signal.stft(tf.constant(padded, tf.float64), window, hop, int(2 ** np.ceil(np.log2(window))))
    power = tf.abs(stft) ** 2
    mel = tf.signal.linear_to_mel_weight_matrix(bands, power.shape[-1], RATE, low, high, tf.float64)
    logs = tf.math.log(power @ mel + 1e-6)
    if coefficients is None:
        return logs.numpy()
    return tf.signal.mfccs_from_log_mel_spectrograms(tf.cast(logs, tf.float32)).numpy()[:, :coefficients]

rounded = lambda a: [[float(f"{v:.6g}") for v in row] for row in a]
json.dump({
    "tensorflow": tf.__version__,
    "signal": [int(v) for v in np.round(signal * 32768)],
    "mel": rounded(features(240, 160, 20, 20.0, 4000.0)),
    "narrow": rounded(features(100, 100, 12, 125.0, 3800.0)),
    "mfcc": rounded(features(256, 200, 26, 20.0, 4000.0, 10)),
}, open("tf_features.json", "w"))
