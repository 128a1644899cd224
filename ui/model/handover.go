package model

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"lockstep/sync/localapi"
)

// Sheet is a page for an administrator, as parts in the order in which they
// are read.
type Sheet struct {
	Title string
	Made  string
	Parts []SheetPart
}

// SheetPart is one heading and what stands below it.
type SheetPart struct {
	Title string
	Text  []string
	Facts []SheetFact
	Heads []string
	Rows  [][]string
	Code  []string
}

// SheetFact is a line with a name.
type SheetFact struct{ Name, Value string }

//go:embed handover.html
var handoverPage string

// HandoverHTML writes the sheet as one page that needs nothing besides.
func HandoverHTML(w io.Writer, h localapi.Handover) error {
	page, err := template.New("handover").Parse(handoverPage)
	if err != nil {
		return fmt.Errorf("read page of the handover sheet: %w", err)
	}
	if err := page.Execute(w, HandoverSheet(h)); err != nil {
		return fmt.Errorf("write handover sheet: %w", err)
	}
	return nil
}

// HandoverText writes the sheet as plain text.
func HandoverText(w io.Writer, h localapi.Handover) error {
	s := HandoverSheet(h)
	var out strings.Builder
	fmt.Fprintf(&out, "%s\n%s\n%s\n", s.Title, strings.Repeat("=", len([]rune(s.Title))), s.Made)
	for _, p := range s.Parts {
		fmt.Fprintf(&out, "\n%s\n%s\n", p.Title, strings.Repeat("-", len([]rune(p.Title))))
		for _, t := range p.Text {
			out.WriteString(folded(t, ""))
		}
		names := 0
		for _, f := range p.Facts {
			names = max(names, len([]rune(f.Name))+len(": "))
		}
		for _, f := range p.Facts {
			out.WriteString(folded(fmt.Sprintf("%-*s%s", names, f.Name+":", f.Value), strings.Repeat(" ", names)))
		}
		for _, r := range p.Rows {
			out.WriteString(folded("- "+strings.Join(r, "; "), "  "))
		}
		for _, c := range p.Code {
			fmt.Fprintf(&out, "\n    %s\n", strings.ReplaceAll(strings.TrimSpace(c), "\n", "\n    "))
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// folded breaks a paragraph into lines that a printer and a mail keep, the later ones behind indent.
func folded(text, indent string) string {
	const width = 92
	var out strings.Builder
	at := 0
	for word := range strings.SplitSeq(text, " ") {
		n := len([]rune(word))
		switch {
		case at == 0:
		case at+1+n > width && len(indent)+n <= width && word != "": // what fits on no line stays where it is
			out.WriteString("\n" + indent)
			at = len(indent)
		default:
			out.WriteByte(' ')
			at++
		}
		out.WriteString(word)
		at += n
	}
	return out.String() + "\n"
}

// HandoverSheet puts a setup into words.
func HandoverSheet(h localapi.Handover) Sheet {
	s := Sheet{
		Title: "Lockstep: what is set up here",
		Made:  fmt.Sprintf("Written on %s by Lockstep %s. No password is on this sheet.", h.Made.Format("2 January 2006 15:04"), h.Version),
	}
	if h.Draft {
		s.Title = "Lockstep: what is being set up here"
		s.Parts = append(s.Parts, SheetPart{Title: "Not in effect yet", Text: []string{
			"The setup is not finished. This sheet tells what has been filled in and tried so far, and says of the rest that it is not known yet. Nothing has been written to a calendar. Print it again when the setup is done.",
		}})
	}
	s.Parts = append(
		s.Parts, handoverWhat(h), handoverNetwork(h), handoverExchange(h), handoverRights(h), handoverRoom(h), handoverBusiness(h), handoverRules(h), handoverPeople(h),
		handoverCheck(h), handoverRevoke(h),
	)
	return s
}
