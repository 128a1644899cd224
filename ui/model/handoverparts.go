package model

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"lockstep/sync/doctor"
	"lockstep/sync/localapi"
)

// notKnown stands for what has not been filled in yet.
const notKnown = "not known yet"

func handoverWhat(h localapi.Handover) SheetPart {
	return SheetPart{
		Title: "What it does",
		Text: []string{
			"Lockstep keeps calendars in Visma Severa and in Exchange in step, from one PC and through one account for each system.",
			"In Exchange it reads calendar entries, wherever in a mailbox they are, and writes calendar entries, their marks and one hidden note that says which PC writes. It sends no mail, and what it deletes goes to Deleted Items.",
		},
		Facts: facts("PC", h.PC, "Its data", h.Home, "Time zone of the office", h.Zone),
	}
}

// handoverNetwork is what a firewall and a proxy have to let through.
func handoverNetwork(h localapi.Handover) SheetPart {
	p := SheetPart{Title: "Network", Text: []string{"The PC opens these connections itself; Lockstep opens no port to the network."}}
	for _, s := range []localapi.HandoverSystem{h.Exchange, h.Business} {
		u, err := url.Parse(s.URL)
		if err != nil || u.Hostname() == "" {
			continue
		}
		port := u.Port()
		if port == "" {
			port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
		}
		way := u.Scheme + ", port " + port
		if s.Route != "" {
			way += "; " + s.Route
		}
		p.Facts = append(p.Facts, SheetFact{u.Hostname(), way})
	}
	return p
}

func handoverExchange(h localapi.Handover) SheetPart {
	x := h.Exchange
	server := strings.TrimSpace(x.Product + " " + x.Build)
	if server == "" {
		server = "not known yet; the doctor finds it out: lockstepctl doctor"
	}
	book := x.OABURL
	if book == "" {
		book = "not known: lockstepctl discover ADDRESS finds it, oab_url in office.toml keeps it. Lockstep itself reads nothing there"
	}
	return SheetPart{
		Title: "Exchange",
		Facts: slices.Concat(facts(
			"Web service (EWS)", cmp.Or(x.URL, notKnown), "Offline address book (OAB)", book,
			"Server", server, "Version in the settings", x.Version, "Account", cmp.Or(x.Account, notKnown),
			"Sign-in", map[string]string{"": "NTLM", "ntlm": "NTLM", "basic": "Basic"}[x.Auth],
		), tested(h, x), encryption(x)),
	}
}

// tested is what came of the last test of a connection. Without one it is left
// out, except where the setup is under way and testing is part of it.
func tested(h localapi.Handover, s localapi.HandoverSystem) []SheetFact {
	if s.Tested.IsZero() {
		if !h.Draft {
			return nil
		}
		return facts("Tested", "not yet")
	}
	at := s.Tested.Format("2 January 2006 15:04")
	out := facts("Tested", map[bool]string{true: "signed in on " + at, false: "could not sign in on " + at}[s.TestOK])
	if s.TestOK && s.TestedWith != "" {
		out = append(out, facts("Tested with", map[bool]string{
			true:  s.TestedWith + ": the account may work in this calendar",
			false: s.TestedWith + ": the account may not work in this calendar yet",
		}[s.TestedWithOK])...)
	}
	return out
}

func handoverRights(h localapi.Handover) SheetPart {
	p := SheetPart{Title: "Rights in Exchange"}
	if h.Exchange.Access == "delegate" {
		p.Text = append(p.Text, "The account has full access to each mailbox (delegation).")
	} else {
		p.Text = append(p.Text, "The account may act for the people below (impersonation). It needs no other right.")
	}
	group := h.Exchange.Group
	if group == "" {
		group = "none: the right is given for each of the people below. lockstepctl script exchange --group NAME gives it for a group instead, and group in office.toml has it named here"
	}
	p.Facts = facts("Pilot group", group)
	switch {
	case h.Rights == nil && h.Exchange.Version == "":
		p.Text = append(p.Text, "Which script fits is not known, because the server's version is not: set version under [exchange] in office.toml, or run lockstepctl doctor, and print this sheet again.")
	case h.Rights == nil:
		p.Text = append(p.Text, "Nobody has been chosen yet, so there is no script that names them: choose people or name the group, and print this sheet again.")
	case h.Exchange.Group == "":
		p.Text = append(p.Text, h.Rights.About, "This is the narrow way for the people who are switched on now.")
	default:
		p.Text = append(p.Text, h.Rights.About)
	}
	return p
}

func handoverRoom(h localapi.Handover) SheetPart {
	p := SheetPart{Title: "Throttling"}
	switch {
	case h.Room != nil:
		p.Text = append(p.Text, h.Room.About, "It is optional. Whether it is set on the server is for its administrator to see, with the lines below How to check.")
	case h.Exchange.Version == "2007":
		p.Text = append(p.Text, "Exchange 2007 does not throttle, so there is nothing to set.")
	default:
		p.Text = append(p.Text, "Which policy fits is not known, because the server's version is not.")
	}
	return p
}

func handoverBusiness(h localapi.Handover) SheetPart {
	return SheetPart{
		Title: "Visma Severa",
		Facts: slices.Concat(
			facts("REST interface", cmp.Or(h.Business.URL, notKnown), "Client id", cmp.Or(h.Business.Account, notKnown), "Scopes", h.Business.Scopes),
			tested(h, h.Business), encryption(h.Business),
		),
	}
}

// encryption is how a server is known.
func encryption(s localapi.HandoverSystem) []SheetFact {
	var out []SheetFact
	if c := s.Certificate; c != nil {
		out = append(out, facts(
			"Certificate", c.Subject, "Issued by", c.Issuer, "Valid", c.From.Format(time.DateOnly)+" to "+c.Until.Format(time.DateOnly),
			"Fingerprint (SHA-256)", fingerprint(*c),
		)...)
	} else if s.PinSHA256 == "" && strings.HasPrefix(s.URL, "https:") {
		out = append(out, facts("Certificate", "not looked at yet: lockstepctl doctor")...)
	}
	out = append(out, facts("Trusted fingerprint", s.PinSHA256, "Own authority", s.CAFile)...)
	if s.LegacyTLS {
		out = append(out, SheetFact{"Old encryption", "TLS 1.0 is allowed for this server"})
	}
	if s.Plain {
		out = append(out, SheetFact{"No encryption", "http is allowed for this server: whoever listens on the network learns the password"})
	}
	return out
}

func fingerprint(c doctor.Certificate) string {
	var out []string
	for s := strings.ToUpper(c.SHA256); len(s) >= 2; s = s[2:] {
		out = append(out, s[:2])
	}
	return strings.Join(out, ":")
}

func handoverRules(h localapi.Handover) SheetPart {
	r := h.Rules
	types := "all"
	if r.Types > 0 {
		types = count(r.Types, "type", "types") + " of activities"
	}
	into := "every entry"
	if r.Filtered {
		into = "what the filter in office.toml lets through"
	}
	return SheetPart{
		Title: "What is kept in step",
		Facts: facts(
			"Direction", map[string]string{
				"two_way": "both ways", "publish": "from Severa to Exchange only", "collect": "from Exchange to Severa only",
			}[r.Direction],
			"Days", fmt.Sprintf("%d back and %d ahead", r.DaysBack, r.DaysAhead),
			"Looks for changes", "every "+pace(r.EverySeconds),
			"To Exchange", types, "Never", "project tasks",
			"To Severa", into,
			"Private entries", "to Severa: "+privacyWord(r.ToBusiness)+"; to Exchange: "+privacyWord(r.ToExchange),
			"People", map[bool]string{true: "everybody who is in both systems with the same address", false: "those who are named"}[r.Everyone],
			"Guests", map[bool]string{true: "people who are not switched on get copies of what they share with those who are", false: "none"}[r.Guests],
			"Mail", map[bool]string{true: "people outside the office are mailed about changes to the meetings they were called to", false: "nobody is mailed"}[r.Requests],
		),
	}
}

func pace(seconds int) string {
	const minute = 60
	if seconds%minute == 0 {
		return count(seconds/minute, "minute", "minutes")
	}
	return count(seconds, "second", "seconds")
}

func privacyWord(word string) string {
	return map[string]string{
		"auto": "as the system can hide it, else only that the time is taken", "full": "everything",
		"busy_only": "only that the time is taken", "not_at_all": "nothing",
	}[word]
}

func handoverPeople(h localapi.Handover) SheetPart {
	p := SheetPart{Title: "People", Heads: []string{"Name", "Mailbox", "In Severa", "State"}}
	on := 0
	for _, x := range h.People {
		state := "off"
		switch {
		case x.Enabled && h.Draft:
			state = "chosen"
		case x.Enabled:
			state = "kept in step"
			on++
		case x.OptedOut:
			state = "wants to be left out"
		case x.Guest:
			state = "guest"
		}
		if x.SwitchedBy != "" && !x.SwitchedAt.IsZero() {
			state += " since " + x.SwitchedAt.Format(time.DateOnly) + " (" + x.SwitchedBy + ")"
		}
		known := x.Addresses["business"]
		if x.Resource != "" {
			known = "a resource"
		}
		p.Rows = append(p.Rows, []string{x.Name, x.Address, known, state})
	}
	switch {
	case len(h.People) == 0 && h.Rules.Everyone:
		p.Text = []string{"Whoever is in both systems with the same address. Nobody has been looked up yet."}
	case len(h.People) == 0:
		p.Text = []string{"Nobody has been chosen yet."}
	case h.Draft:
		p.Text = []string{fmt.Sprintf("%s named so far. Nobody is kept in step before the setup is done.", count(len(h.People), "person is", "people are"))}
	default:
		p.Text = []string{fmt.Sprintf("%s known, %d of them kept in step.", count(len(h.People), "person is", "people are"), on)}
	}
	return p
}

func handoverCheck(h localapi.Handover) SheetPart {
	p := SheetPart{
		Title: "How to check",
		Text: []string{
			"On the PC: lockstepctl doctor examines both connections and every person; lockstepctl status tells how everybody is doing; lockstepctl check compares both calendars.",
		},
	}
	if !h.Examined.IsZero() {
		p.Text = append(p.Text, "The doctor last looked on "+h.Examined.Format("2 January 2006 15:04")+".")
	}
	for _, s := range []*localapi.Script{h.Rights, h.Room} {
		if s != nil {
			p.Code = append(p.Code, s.Check)
		}
	}
	if len(p.Code) > 0 {
		p.Text = append(p.Text, "In the Exchange Management Shell these lines change nothing:")
	}
	return p
}

func handoverRevoke(h localapi.Handover) SheetPart {
	p := SheetPart{
		Title: "How to take it all back",
		Text: []string{
			"1. On the PC, end Lockstep. Both calendars stay as they are; entries that were made stay where they are.",
			"2. In Exchange, " + undoLines(h) + "disable the account " + cmp.Or(h.Exchange.Account, "that Lockstep signs in with") + " or change its password.",
			"3. In Severa, under Settings > Integrations > REST API, delete the client " + cmp.Or(h.Business.Account, "that was made for Lockstep") + ".",
			"4. On the PC, type lockstepctl secret clear --keys, and delete the folder " + h.Home + ".",
		},
	}
	for _, s := range []*localapi.Script{h.Rights, h.Room} {
		if s != nil {
			p.Code = append(p.Code, s.Undo)
		}
	}
	return p
}

// facts are pairs of a name and a value; one without a value is left out.
func facts(pairs ...string) []SheetFact {
	var out []SheetFact
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out = append(out, SheetFact{pairs[i], pairs[i+1]})
		}
	}
	return out
}

// undoLines leads to the lines below, where there are any.
func undoLines(h localapi.Handover) string {
	if h.Rights == nil && h.Room == nil {
		return ""
	}
	return "run the lines below, and "
}
