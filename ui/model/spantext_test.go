package model

import "testing"

func TestSpanText_TellsADayOnce(t *testing.T) {
	for in, want := range map[string]string{
		"2026-11-30T17:00:00 – 2026-11-30T18:30:00": "Mon 30 Nov 2026 17:00–18:30",
		"2026-11-30T23:00:00 – 2026-12-01T01:00:00": "Mon 30 Nov 2026 23:00 to Tue 01 Dec 2026 01:00",
		"2026-11-30 – 2026-12-01":                   "Mon 30 Nov 2026",
		"2026-11-30 – 2026-12-03":                   "Mon 30 Nov 2026 to Wed 02 Dec 2026",
		"some day":                                  "some day",
	} {
		if got := spanText(in); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}
