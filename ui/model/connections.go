package model

import (
	"cmp"
	"slices"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/ui/say"
)

// Connection is a system and our account on it, as its card shows it.
type Connection struct {
	System string // as localapi has it
	Name   string
	State  CheckState
	Say    string
	Do     string // what to do where something is wrong
	Facts  []SheetLine
}

// Connections are both systems. tests are the last ones of each; there may be
// none yet.
func Connections(s localapi.Setup, tests map[string]localapi.TestResult, st office.Status) []Connection {
	severa := Connection{System: localapi.SystemSevera, Name: "Visma Severa"}
	address := s.Draft.Severa.URL
	if address == "" {
		address = say.T("Severa's own")
	}
	severa.Facts = lines(say.T("Organisation"), tests[severa.System].Organisation, say.T("Account"), s.Draft.Severa.ClientID, say.T("Address"), address)
	exchange := Connection{System: localapi.SystemExchange, Name: "Exchange"}
	account := s.Draft.Exchange.User
	if d := s.Draft.Exchange.Domain; d != "" {
		account = d + `\` + account
	}
	version := generationLine(tests[exchange.System])
	if version == "" {
		version = GenerationName(s.Draft.Exchange.Version)
	}
	exchange.Facts = lines(say.T("Version"), version, say.T("Account"), account, say.T("Address"), s.Draft.Exchange.URL)
	out := []Connection{severa, exchange}
	for i := range out {
		c := &out[i]
		r, tested := tests[c.System]
		switch {
		case !s.Secrets[c.System]:
			c.State, c.Say, c.Do = CheckFailed, say.T("No password is set"), say.T("Change the password.")
		case !tested && refusedAt(st, c.System):
			c.State, c.Say, c.Do = CheckWarned, say.T("A sign-in is refused"), say.T("Test the connection, or change the password.")
		case !tested:
			c.Say = say.T("Not tested yet")
		case r.OK:
			c.State, c.Say = CheckPassed, say.T("Connected")
			c.Facts = append(c.Facts, SheetLine{Name: say.T("Answers in"), Value: say.T("{{.N}} ms", "N", r.Milliseconds)})
		default:
			c.State = CheckFailed
			if r.Trouble != nil {
				a := WindowTrouble(*r.Trouble)
				c.Say, c.Do = a.What, a.Do
			}
			if cert := r.Certificate; cert != nil && cert.Why == localapi.CertificateOther {
				other := localapi.Trouble{Kind: "certificate", Code: localapi.CodeOtherCertificate}
				c.Say, c.Do = untrusted(*cert), WindowTrouble(other).Do
			}
		}
		if cert := r.Certificate; cert != nil && cert.Trusted {
			c.Facts = append(c.Facts, SheetLine{Name: say.T("Certificate"), Value: say.T("Valid until {{.Date}}", "Date", day(cert.NotAfter))})
		}
	}
	return out
}

// lines are names and values in turn; those without a value are left out.
func lines(pairs ...string) []SheetLine {
	var out []SheetLine
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out = append(out, SheetLine{Name: pairs[i], Value: pairs[i+1]})
		}
	}
	return out
}

// refused tells whether a sign-in is refused, so that no window tries it again
// by itself.
func refused(st office.Status) bool {
	return slices.ContainsFunc(st.People, func(p office.PersonStatus) bool { return p.Health == office.SignInAgain })
}

// refusedAt tells whether it is this system that refuses. After a start of the
// program nobody knows which one it was until it is tried again: then it may be
// either.
func refusedAt(st office.Status, system string) bool {
	known := false
	for _, c := range st.Connections {
		if c.Failed != "auth" {
			continue
		}
		known = true
		if (c.Side == event.Exchange.String()) == (system == localapi.SystemExchange) {
			return true
		}
	}
	return !known && refused(st)
}

// TestAtOnce tells whether connections may be tried without being asked to.
func TestAtOnce(st office.Status) bool { return !refused(st) }

// ExaminedRows are the lines of an examination as a list shows them: what is the
// same for several people is one line, and what is wrong comes with its person.
func ExaminedRows(all []Examined) []Examined {
	type group struct {
		title string
		state CheckState
	}
	counts := map[group]int{}
	for _, e := range all {
		if e.Person != "" {
			counts[group{e.Title, e.State}]++
		}
	}
	seen := map[group]bool{}
	var out []Examined
	for _, e := range all {
		g := group{e.Title, e.State}
		calm := e.State == CheckPassed || e.State == CheckNotRun
		if e.Person == "" || !calm || counts[g] == 1 {
			out = append(out, e)
			continue
		}
		if seen[g] {
			continue
		}
		seen[g] = true
		e.Person = ""
		e.Note = say.N("{{.N}} person", "{{.N}} people", counts[g])
		out = append(out, e)
	}
	return out
}

// WorstOf is the place of the line to look at first.
func WorstOf(rows []Examined) int {
	rank := func(e Examined) int {
		switch e.State {
		case CheckFailed:
			return 0
		case CheckWarned:
			return 1
		case CheckPassed, CheckNotRun, CheckRunning:
		}
		return 2
	}
	if len(rows) == 0 {
		return -1
	}
	best := slices.MinFunc(rows, func(a, b Examined) int { return cmp.Compare(rank(a), rank(b)) })
	return slices.IndexFunc(rows, func(e Examined) bool { return e.Key == best.Key })
}

// ExaminedHead is what was found, as the title of its pane.
func ExaminedHead(e Examined) string {
	switch e.State {
	case CheckFailed, CheckWarned:
		if e.Note != "" {
			return e.Note
		}
	case CheckPassed:
		return say.T("{{.What}}: all is well", "What", e.Title)
	case CheckNotRun, CheckRunning:
		return say.T("{{.What}}: not tried", "What", e.Title)
	}
	return e.Title
}

// ExaminedFacts are what to know about a line.
func ExaminedFacts(e Examined) []SheetLine {
	tested := e.Title
	if e.Person != "" {
		tested = say.T("{{.What}}, {{.Person}}", "What", e.Title, "Person", e.Person)
	}
	out := []SheetLine{{Name: say.T("Tested"), Value: tested}}
	if e.State == CheckNotRun || e.State == CheckPassed {
		if e.Note != "" {
			out = append(out, SheetLine{Name: say.T("Result"), Value: e.Note})
		}
	}
	if e.Answer != "" {
		out = append(out, SheetLine{Name: say.T("Answer"), Value: e.Answer, Code: true})
	}
	if e.Why != "" {
		out = append(out, SheetLine{Name: say.T("Why it matters"), Value: e.Why})
	}
	if e.Mend != "" {
		out = append(out, SheetLine{Name: say.T("What to do"), Value: e.Mend})
	}
	return out
}

// PlaceOf is the line to show: the one that was chosen, else the worst, of one
// system if it has trouble; -1 where there is none.
func PlaceOf(rows []Examined, chosen, system string) int {
	if i := slices.IndexFunc(rows, func(e Examined) bool { return e.Key == chosen }); i >= 0 {
		return i
	}
	if i := slices.IndexFunc(rows, func(e Examined) bool { return e.System == system && e.State == CheckFailed }); system != "" && i >= 0 {
		return i
	}
	return WorstOf(rows)
}

// SupportText is an examination in plain text, for who helps.
func SupportText(rows []Examined) string {
	out := ""
	for _, e := range rows {
		out += e.Support + "\n\n"
	}
	return out
}

// SecretRefused is what to say of a password that a system has just refused.
func SecretRefused(r localapi.TestResult) string {
	return say.T("It was refused, and is not kept.") + " " + triesLeft(r.Tries)
}
