package model

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"lockstep/sync/localapi"
)

// CSV writes a preview as a table, a line a row, for a spreadsheet. What a
// calendar holds is never taken for a formula there.
func CSV(w io.Writer, p localapi.Preview) error {
	out := csv.NewWriter(w)
	head := []string{
		"person", "address", "row", "group", "what", "waits", "side", "start", "end", "zone", "subject", "place", "code", "why", "candidates",
	}
	if err := out.Write(head); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	for _, person := range p.People {
		rows := append(append([]localapi.Row{}, person.Withheld...), person.Rows...)
		for _, r := range rows {
			e := subjectOf(r)
			place := e.Location
			if e.Private {
				place = ""
			}
			var candidates []string
			for _, c := range r.Candidates {
				candidates = append(candidates, candidate(c)+" ["+c.Entry.ID+"]")
			}
			line := []string{
				person.Name, person.Address, r.ID, string(r.Group), What(r), strconv.FormatBool(r.Waits), r.Side, e.Start, e.End, e.Zone,
				Subject(e), place, string(r.Reason.Code), why(r), strings.Join(candidates, "; "),
			}
			for i, cell := range line {
				line[i] = harmless(cell)
			}
			if err := out.Write(line); err != nil {
				return fmt.Errorf("write table: %w", err)
			}
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

// harmless marks as text what a spreadsheet would run
// (https://owasp.org/www-community/attacks/CSV_Injection).
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// candidate is an entry that may be the same, in words.
func candidate(c localapi.Candidate) string {
	if unseen(c.Entry) {
		return unseenEntry
	}
	s := quoted(c.Entry) + " on " + When(c.Entry)
	if c.Score > 0 {
		s += fmt.Sprintf(" (%d of 100)", c.Score)
	}
	return s
}
