package model

import (
	"encoding/csv"
	"strings"
	"testing"

	"lockstep/sync/localapi"
	"lockstep/sync/plan"
)

func TestCSV_HoldsNoFormula(t *testing.T) {
	row := func(subject string) localapi.Row {
		return localapi.Row{
			ID: "0123", Group: localapi.GroupDecide, Kind: "ask", Side: "business", Reason: plan.Reason{Code: plan.SameDay},
			Entries:    map[string]localapi.Entry{"business": {Subject: subject, Start: "2026-03-06T09:30:00", Location: "-1+1"}},
			Candidates: []localapi.Candidate{{Entry: localapi.Entry{ID: "x7", Subject: "Staff", Start: "2026-03-06T10:30:00"}, Score: 88}},
		}
	}
	p := localapi.Preview{People: []localapi.PersonPlan{{
		Name: "@SUM(A1)", Address: "anna@example.com", Rows: []localapi.Row{row("=HYPERLINK(\"x\")"), row("+1")},
		Withheld: []localapi.Row{row("Plain, with \"quotes\"\nand lines")},
	}}}
	var b strings.Builder
	if err := CSV(&b, p); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	if err != nil || len(lines) != 4 {
		t.Fatalf("read back %d lines, %v, want 4", len(lines), err)
	}
	for _, line := range lines {
		for _, cell := range line {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@") {
				t.Errorf("a spreadsheet would run %q", cell)
			}
		}
	}
	if got := lines[1][10]; got != `Plain, with "quotes" and lines` {
		t.Errorf("subject = %q", got)
	}
	if got := lines[2][14]; got != "“Staff” on Fri 06 Mar 2026 10:30 (88 of 100) [x7]" {
		t.Errorf("candidates = %q", got)
	}
}
