package main

import (
	"lockstep/resources/manual"
)

type manualCmd struct {
	Page     string `arg:"" optional:"" help:"The page to show; without one, list them."`
	Language string `help:"en, nl, fi, sv, nb, da or de, in any other language English." placeholder:"TAG" default:"en"`
}

// Run shows a page, or lists them.
func (c manualCmd) Run(a *app) error {
	if c.Page != "" {
		p, ok := manual.Find(c.Language, c.Page)
		if !ok {
			return usage("There is no page " + c.Page + "; `lockstepctl manual` lists them.")
		}
		say(a.out, "%s", p.Text)
		return nil
	}
	var rows [][]string
	for _, p := range manual.Pages(c.Language) {
		rows = append(rows, []string{p.ID, p.Language, p.Title})
	}
	table(a.out, "", []column{{"Page", 0}, {"In", 0}, {"Title", 0}}, rows)
	return nil
}
