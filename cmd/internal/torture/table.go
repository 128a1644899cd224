package main

import (
	"fmt"
	"io"
	"time"
)

// table is what all lanes came to, by mode.
type table struct {
	began   time.Time
	took    time.Duration
	tallies map[string]*tally
}

func (t *table) add(m mode, got tally) {
	sum := t.tallies[m.name]
	if sum == nil {
		sum = &tally{}
		t.tallies[m.name] = sum
	}
	sum.rounds += got.rounds
	sum.disturbed += got.disturbed
	sum.doubt += got.doubt
	sum.midway += got.midway
	sum.edits += got.edits
	sum.writes += got.writes
	sum.syncs += got.syncs
	sum.most = max(sum.most, got.most)
	sum.stuck = append(sum.stuck, got.stuck...)
	sum.Lost = append(sum.Lost, got.Lost...)
	sum.Duplicated = append(sum.Duplicated, got.Duplicated...)
	sum.Wrong = append(sum.Wrong, got.Wrong...)
}

func (t *table) failed() bool {
	for _, sum := range t.tallies {
		if len(sum.stuck) > 0 || !sum.clean() {
			return true
		}
	}
	return false
}

// print writes a Markdown table, as the README has it.
func (t *table) print(out io.Writer) {
	fmt.Fprintf(out, "\n| Disturbance | Runs hit | In mid-writing | Answers in doubt | Edits by people | Writes | Lost | Twice | Wrong | Stuck | Syncs to rest, at most |\n"+
		"|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, m := range modes() {
		s := t.tallies[m.name]
		if s == nil {
			continue
		}
		fmt.Fprintf(out, "| %s | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d |\n", m.what, s.disturbed, s.midway, s.doubt,
			s.edits, s.writes, len(s.Lost), len(s.Duplicated), len(s.Wrong), len(s.stuck), s.most)
	}
	fmt.Fprintf(out, "\n%s on %s.\n", t.took.Round(time.Second), t.began.Format(time.DateOnly))
}
