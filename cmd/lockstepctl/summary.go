package main

import (
	"io"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
)

// summary writes a line per person, and below it what is in his way.
func summary(w io.Writer, s localapi.Summary) {
	var rows [][]string
	for _, p := range s.People {
		rows = append(rows, []string{p.Name, model.SummaryLine(p)})
	}
	table(w, "", []column{{"Person", 28}, {"What was done", 0}}, rows)
	for _, p := range s.People {
		for _, note := range model.SummaryNotes(p) {
			paragraph(w, "", p.Name+": "+note)
		}
	}
}
