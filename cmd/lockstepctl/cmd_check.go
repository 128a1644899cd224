package main

import (
	"context"

	"lockstep/cmd/internal/wire"
	"lockstep/ui/model"
)

type checkCmd struct {
	Repair bool `help:"Put right what can be without a write to any calendar."`
	JSON   bool `help:"Print JSON."`
}

// Help explains what is checked.
func (checkCmd) Help() string {
	return `It looks through the whole store (structure, references, whether every value can be decrypted), the requests
whose outcome is open, and every pair of entries: whether both are there, and whether the mark in Exchange names the
other one. Nothing is written to any calendar, with --repair neither: that makes damaged parts of the store anew,
finds out about open requests, and reads both calendars whole where something has drifted. What is left to do shows in
"lockstepctl preview". A store that cannot be mended is set aside, never deleted, and begun anew from the marks.
It exits 1 while something is wrong.`
}

// Run checks, and tells.
func (c checkCmd) Run(ctx context.Context, a *app) error {
	site, err := a.alone(ctx)
	if err != nil {
		return err
	}
	defer func() { a.closed(site.Close()) }()
	stop := a.showProgress(ctx, site.Agent(), "Checking", c.JSON)
	got, err := site.Check(ctx, c.Repair)
	stop()
	if err != nil {
		return err
	}
	if c.JSON {
		if err := a.asJSON(reportOf(got, c.Repair)); err != nil {
			return err
		}
	} else {
		r := reportOf(got, c.Repair)
		for _, f := range r.Findings {
			a.finding(f)
		}
		for _, u := range r.Unchecked {
			paragraph(a.out, "", u.Person+" could not be checked: "+u.Message)
		}
		if len(got.Findings)+len(got.Unchecked) == 0 {
			say(a.out, "Store and calendars agree: nothing is wrong.\n")
		}
	}
	if got.Left() {
		return exitError(exitFailed)
	}
	return nil
}

// checkReport is what check --json prints.
type checkReport struct {
	Findings  []model.Finding   `json:"findings"`
	Unchecked []uncheckedPerson `json:"unchecked,omitempty"`
}

type uncheckedPerson struct {
	Person  string `json:"person"`
	Message string `json:"message"`
}

// reportOf puts a check into words.
func reportOf(c wire.Checked, repaired bool) checkReport {
	out := checkReport{Findings: []model.Finding{}}
	for _, f := range c.Findings {
		out.Findings = append(out.Findings, model.Finding{
			Kind: f.Kind, Person: f.Person, Side: f.Side, ID: f.ID, Mended: f.Mended, Repaired: repaired,
		}.Explain())
	}
	for _, u := range c.Unchecked {
		out.Unchecked = append(out.Unchecked, uncheckedPerson{u.Person, words(u.Err).String()})
	}
	return out
}

// finding writes one finding: what, why, and what to do.
func (a *app) finding(f model.Finding) {
	paragraph(a.out, "", f.Where()+f.What)
	paragraph(a.out, "  ", f.Why+" "+f.Do)
}
