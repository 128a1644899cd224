package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/mattn/go-runewidth"

	"lockstep/ui/model"
)

// lineWidth is what fits a terminal that nobody has widened much.
const lineWidth = 100

// column is one column of a table: as wide as its widest cell, up to most.
type column struct {
	head string
	most int
}

// table writes rows in aligned columns. A cell that is too wide is cut, but
// for the last column's, which is wrapped below itself.
func table(w io.Writer, indent string, cols []column, rows [][]string) {
	widths := make([]int, len(cols))
	for i, c := range cols {
		widths[i] = runewidth.StringWidth(c.head)
		for _, r := range rows {
			widths[i] = max(widths[i], runewidth.StringWidth(r[i]))
		}
		if c.most > 0 {
			widths[i] = min(widths[i], c.most)
		}
	}
	last := len(cols) - 1
	left := lineWidth - len(indent)
	for _, n := range widths[:last] {
		left -= n + 2
	}
	widths[last] = max(left, 20)
	head := make([]string, len(cols))
	for i, c := range cols {
		head[i] = c.head
	}
	for _, r := range append([][]string{head}, rows...) {
		tableRow(w, indent, widths, r)
	}
}

func tableRow(w io.Writer, indent string, widths []int, cells []string) {
	var line strings.Builder
	line.WriteString(indent)
	last := len(cells) - 1
	for i, c := range cells[:last] {
		line.WriteString(runewidth.FillRight(runewidth.Truncate(c, widths[i], "…"), widths[i]))
		line.WriteString("  ")
	}
	hang := strings.Repeat(" ", runewidth.StringWidth(line.String()))
	for i, part := range wrap(cells[last], widths[last]) {
		if i > 0 {
			line.Reset()
			line.WriteString(hang)
		}
		line.WriteString(part)
		say(w, "%s\n", strings.TrimRight(line.String(), " "))
	}
}

// wrap breaks a text between words. A word that is too wide stays whole.
func wrap(s string, width int) []string {
	var out []string
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && runewidth.StringWidth(line)+1+runewidth.StringWidth(word) > width {
			out, line = append(out, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(out, line)
}

// paragraph writes a text of several sentences in lines of the usual width.
func paragraph(w io.Writer, indent, s string) {
	for _, line := range wrap(s, lineWidth-len(indent)) {
		say(w, "%s%s\n", indent, line)
	}
}

// shown is how many rows of one kind a person's part of a preview lists.
const shown = 8

// groups writes a preview: per person the counts and then the rows with their
// reasons, long lists shortened unless all is set. With named it says by which
// name a row can be chosen about.
func groups(w io.Writer, gs []model.Group, all, named bool) {
	defer func() {
		if slices.ContainsFunc(gs, func(g model.Group) bool { return g.Masked }) {
			say(w, "\nSubjects of other people are hidden. [screen] in office.toml shows your own (me) or all (show_subjects).\n")
		}
	}()
	for i, g := range gs {
		if i > 0 {
			say(w, "\n")
		}
		say(w, "%s <%s>\n", g.Name, g.Address)
		for _, note := range g.Notes {
			paragraph(w, "  ", note+".")
		}
		switch {
		case g.Trouble != nil:
			paragraph(w, "  ", g.Trouble.String())
			continue
		case g.Halt != nil:
			paragraph(w, "  ", g.Halt.String())
			if len(g.Rows) == 0 {
				continue
			}
		case len(g.Rows) == 0:
			say(w, "  in step; nothing to do\n")
			continue
		}
		paragraph(w, "  ", counted(g.Counts))
		if g.Mails > 0 {
			paragraph(w, "  ", fmt.Sprintf("MAIL: %s would be sent, because send_meeting_requests is on. Approving this preview approves them.", mails(g.Mails)))
		}
		if g.Untold > 0 {
			nobody := "Nobody is mailed; of these changes"
			if g.Mails > 0 {
				nobody = "Of the other changes"
			}
			people := "1 person outside the office would not hear."
			if g.Untold > 1 {
				people = fmt.Sprintf("%d people outside the office would not hear.", g.Untold)
			}
			paragraph(w, "  ", nobody+" "+people)
		}
		rows := shorten(g, all, named)
		cols := []column{{"What", 19}, {"When", 21}, {"Entry", 26}, {"Why", 0}}
		if named {
			cols = append([]column{{"Row", 0}}, cols...)
		}
		table(w, "  ", cols, rows)
	}
}

func mails(n int) string {
	if n == 1 {
		return "1 mail"
	}
	return fmt.Sprintf("%d mails", n)
}

// counted is "12 create in Severa · 3 pair".
func counted(counts []model.Count) string {
	parts := make([]string, len(counts))
	for i, c := range counts {
		parts[i] = fmt.Sprintf("%d %s", c.N, c.What)
	}
	return strings.Join(parts, " · ")
}

// telling are n of some rows, in their order: those that say why as no row before
// them does, and else the first ones.
func telling(rows []model.Row, n int) []model.Row {
	if n >= len(rows) {
		return rows
	}
	said, chosen := map[string]bool{}, map[int]bool{}
	for i, r := range rows {
		if !said[r.Why] && len(chosen) < n {
			said[r.Why], chosen[i] = true, true
		}
	}
	for i := 0; len(chosen) < n; i++ {
		chosen[i] = true
	}
	var out []model.Row
	for i, r := range rows {
		if chosen[i] {
			out = append(out, r)
		}
	}
	return out
}

func shorten(g model.Group, all, named bool) [][]string {
	var rows [][]string
	add := func(name string, cells ...string) {
		if named {
			cells = append([]string{name}, cells...)
		}
		rows = append(rows, cells)
	}
	at := 0
	for _, c := range g.Counts {
		n := c.N
		if !all && n > shown+1 { // a line that says "and 1 more" says less than the row
			n = shown
		}
		for _, r := range telling(g.Rows[at:at+c.N], n) {
			add(r.ID, r.What, r.When, r.Entry, r.Why)
		}
		if n < c.N {
			add("", c.What, "", fmt.Sprintf("… and %d more", c.N-n), "")
		}
		at += c.N
	}
	return rows
}
