package main

import (
	"strings"
	"testing"

	"lockstep/ui/model"
)

// A list is shortened to the rows that explain something, wherever they stand.
func TestTelling_KeepsWhatNoOtherRowExplains(t *testing.T) {
	var rows []model.Row
	for _, why := range strings.Fields("new new new series new new private new series") {
		rows = append(rows, model.Row{Entry: string(rune('a' + len(rows))), Why: why})
	}
	for n, want := range map[int]string{1: "a", 2: "ad", 3: "adg", 5: "abcdg", 9: "abcdefghi", 12: "abcdefghi"} {
		got := ""
		for _, r := range telling(rows, n) {
			got += r.Entry
		}
		if got != want {
			t.Errorf("%d of them: %s, want %s", n, got, want)
		}
	}
}
