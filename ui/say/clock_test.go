package say

import (
	"testing"
	"time"
)

// TestClock holds each language against how its office writes a time.
func TestClock(t *testing.T) {
	t.Cleanup(func() { _ = Use(English) })
	want := map[string]string{"en": "09:05", "de": "09:05", "nl": "09:05", "sv": "09:05", "nb": "09:05", "da": "09.05", "fi": "9.05"}
	for _, tag := range Languages() {
		if err := Use(tag); err != nil {
			t.Fatal(err)
		}
		if got := Clock(time.Date(2026, time.November, 25, 9, 5, 0, 0, time.UTC)); got != want[tag] {
			t.Errorf("%s: %q, want %q", tag, got, want[tag])
		}
	}
}
