package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"lockstep/sync/doctor"
	"lockstep/sync/localapi"
	"lockstep/ui/model"
)

type doctorCmd struct {
	Person  []string `help:"Examine this person's mailbox only; may be given several times. Default: everybody who is switched on." placeholder:"ADDRESS"`
	Office  bool     `help:"Examine the office alone, nobody's mailbox."`
	Outside []string `help:"This person's mailbox must be out of the account's reach; may be given several times." placeholder:"ADDRESS"`
	Enable  bool     `help:"Switch on whoever passes."`
	All     bool     `help:"Show the evidence of every line, of those that passed too."`
	JSON    bool     `help:"Print JSON."`
}

// Help explains what is done.
func (doctorCmd) Help() string {
	return `It follows the way to both systems step by step (clock, name, port, proxy, encryption, service, sign-in) and then
tries every right that the sync needs, for each person: acting for him, his mailbox, reading and writing his calendar,
the hidden mark, notifications. Each line says what was tested, what was found, why it matters and what to do. What
needs something that failed is not tried. The first ✕ names the cause.

It signs in once, shows a password at most twice in all, and writes nothing but one test entry and one hidden note per
calendar, on 1 January 2001, private and free, which it removes again (the entry goes through Deleted Items and back, to
see that both ways work); what was left behind is removed the next time.

When the administrator has limited the account to a group, --outside ADDRESS proves that it is refused for somebody else.

Begin with one person (--person), then run it for everybody. It exits 1 when something failed.`
}

// Run examines, and tells.
func (c doctorCmd) Run(ctx context.Context, a *app) error {
	agent, done, err := a.agent(ctx)
	if err != nil {
		return err
	}
	defer done()
	r, err := agent.Doctor(ctx, localapi.DoctorRequest{Begin: true, Who: c.Person, OfficeOnly: c.Office, Outside: c.Outside, Enable: c.Enable, By: whoami()})
	for err == nil && r.Running {
		if !c.JSON && terminal(a.err) {
			say(a.err, "\r\x1b[K%s", model.DoctorLine(r))
		}
		r, err = agent.Doctor(ctx, localapi.DoctorRequest{After: r.Seq})
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if !c.JSON && terminal(a.err) {
		say(a.err, "\r\x1b[K")
	}
	if err != nil {
		return err
	}
	if c.JSON {
		if err := a.asJSON(examined(r)); err != nil {
			return err
		}
	} else {
		c.show(a.out, r)
	}
	if !r.Healthy() {
		return exitError(exitFailed)
	}
	return nil
}

// doctorReport is what doctor --json prints.
type doctorReport struct {
	Healthy bool              `json:"healthy"`
	First   *model.Diagnosis  `json:"first,omitempty"` // the line to begin with
	Lines   []model.Diagnosis `json:"lines"`
	People  []doctorPerson    `json:"people"`
}

type doctorPerson struct {
	Name       string         `json:"name"`
	Address    string         `json:"address"`
	Outcome    doctor.Outcome `json:"outcome"`
	Enabled    bool           `json:"enabled"`
	ApprovedBy string         `json:"approved_by,omitempty"`
	ApprovedAt string         `json:"approved_at,omitempty"`
}

func examined(r doctor.Report) doctorReport {
	out := doctorReport{Healthy: r.Healthy(), Lines: model.Diagnoses(r), People: []doctorPerson{}}
	if l, bad := r.First(); bad {
		d := model.Diagnose(l)
		out.First = &d
	}
	for _, p := range r.People {
		at := ""
		if !p.ApprovedAt.IsZero() {
			at = p.ApprovedAt.UTC().Format("2006-01-02T15:04:05Z")
		}
		out.People = append(out.People, doctorPerson{p.Name, p.Address, p.Outcome, p.Enabled, p.ApprovedBy, at})
	}
	return out
}

// show writes the lines, and what everybody's came to.
func (c doctorCmd) show(w io.Writer, r doctor.Report) {
	several := len(r.People) > 1
	for _, d := range model.Diagnoses(r) {
		title := d.Title
		if d.Person != "" && several {
			title += ", " + d.Person
		}
		say(w, "%s %s\n", model.CheckSign(d.State), title)
		if d.State == doctor.Passed && !c.All {
			continue
		}
		paragraph(w, "    ", d.What)
		if d.Why != "" {
			paragraph(w, "    ", "Why it matters: "+d.Why)
		}
		if d.Mend != "" {
			paragraph(w, "    ", "What to do: "+d.Mend)
		}
		if d.Script != "" {
			say(w, "    Script: %s\n", d.Script)
		}
		if d.State == doctor.Skipped && !c.All {
			continue
		}
		certificate(w, d.Certificate, d.State == doctor.Passed)
		if text := evidence(d.Evidence); text != "" {
			paragraph(w, "    ", "Evidence: "+text)
		}
	}
	if len(r.People) > 0 {
		say(w, "\n")
		var rows [][]string
		for _, p := range r.People {
			by := "not switched on"
			if p.Enabled {
				by = "on"
				if p.ApprovedBy != "" {
					by = "on, by " + p.ApprovedBy + ", " + p.ApprovedAt.Local().Format("2006-01-02")
				}
			}
			rows = append(rows, []string{model.OutcomeName(p.Outcome), p.Name, p.Address, by})
		}
		table(w, "", []column{{"Test", 0}, {"Name", 28}, {"Address", 34}, {"Sync", 0}}, rows)
	}
	say(w, "\n%s\n", model.DoctorLine(r))
}

// certificate shows what a person compares before he trusts one.
func certificate(w io.Writer, c *doctor.Certificate, passed bool) {
	if c == nil || passed {
		return
	}
	say(w, "    Subject      %s\n    Issuer       %s\n    Names        %s\n    Valid        %s to %s\n    Fingerprint  %s\n",
		c.Subject, c.Issuer, strings.Join(c.Names, ", "), c.From.UTC().Format("2006-01-02"), c.Until.UTC().Format("2006-01-02"), c.SHA256)
	if c.Expected != "" {
		say(w, "    Expected     %s\n", c.Expected)
	}
}

func evidence(facts []doctor.Fact) string {
	var parts []string
	for _, f := range facts {
		parts = append(parts, fmt.Sprintf("%s %s", strings.ReplaceAll(f.Name, "_", " "), f.Value))
	}
	return strings.Join(parts, "; ")
}
