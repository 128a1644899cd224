package main

import (
	"bytes"
	"context"
	"fmt"

	"lockstep/cmd/internal/diagnostics"
	"lockstep/sync/localapi"
	"lockstep/ui/model"
)

type handoverCmd struct {
	HTML string `name:"html" help:"Write it as a page for a browser and a printer." placeholder:"FILE" type:"path"`
	Text string `help:"Write it as plain text." placeholder:"FILE" type:"path"`
	JSON bool   `help:"Print JSON."`
}

// Help says what stands on the sheet.
func (handoverCmd) Help() string {
	return `The sheet is for who administers the servers: both systems with addresses, versions, accounts and certificates, the
account's rights and how to check them, what is kept in step and for whom, and how all of it is taken back.
No password is on it. Nothing is connected for it: what the servers say of themselves is what the doctor was told
last. Without --html or --text it is printed as text.`
}

// Run writes the sheet.
func (c handoverCmd) Run(ctx context.Context, a *app) error {
	agent, done, err := a.agent(ctx)
	if err != nil {
		return err
	}
	defer done()
	h, err := agent.Handover(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return a.asJSON(h)
	}
	var page, text bytes.Buffer
	if err := model.HandoverHTML(&page, h); err != nil {
		return err
	}
	if err := model.HandoverText(&text, h); err != nil {
		return err
	}
	if c.HTML == "" && c.Text == "" {
		say(a.out, "%s", text.String())
		return nil
	}
	for _, f := range []struct {
		path    string
		content []byte
	}{{c.HTML, page.Bytes()}, {c.Text, text.Bytes()}} {
		if f.path == "" {
			continue
		}
		if err := writeOut(f.path, f.content); err != nil {
			return err
		}
		say(a.out, "Written to %s.\n", f.path)
	}
	return nil
}

type diagnosticsCmd struct {
	Out      string `help:"Save it as this zip file." placeholder:"FILE.zip" type:"path"`
	Show     string `help:"Print one of its files instead." placeholder:"NAME"`
	Subjects bool   `help:"Name the entries that were written lately by their subjects, where this office shows them, not by hashes."`
	JSON     bool   `help:"Print JSON."`
}

// Help says what is in it and what is not.
func (diagnosticsCmd) Help() string {
	return `It is for who helps you: settings, how everybody is doing, what the doctor found, counts of pairs and entries by
state, and the runs, the writes and the log of the last 7 days. Nothing is sent anywhere. Passwords and keys are not
in it, nor places and notes of entries. People are called person-1, person-2 …, other addresses and
long ids are short hashes, and so are subjects, unless you say --subjects. The names of your servers are in it.
Without --out it only lists what would be in it; --show prints one of the files.`
}

// Run lists the files, and saves them.
func (c diagnosticsCmd) Run(ctx context.Context, a *app) error {
	agent, done, err := a.agent(ctx)
	if err != nil {
		return err
	}
	defer done()
	d, err := agent.Diagnostics(ctx, localapi.DiagnosticsRequest{Subjects: c.Subjects})
	if err != nil {
		return err
	}
	if c.Show != "" {
		return c.show(a, d)
	}
	if c.JSON {
		if err := a.asJSON(d.Files); err != nil {
			return err
		}
	} else {
		var rows [][]string
		for _, f := range d.Files {
			rows = append(rows, []string{f.Name, size(f.Size), f.About})
		}
		table(a.out, "", []column{{"File", 0}, {"Size", 0}, {"What it holds", 0}}, rows)
	}
	if c.Out == "" {
		if !c.JSON {
			say(a.out, "\nNothing was saved. To save it: lockstepctl diagnostics --out FILE.zip\n")
		}
		return nil
	}
	if err := writeOut(c.Out, d.Zip); err != nil {
		return err
	}
	if !c.JSON {
		say(a.out, "\nSaved as %s, %s packed. Look into it before you send it to anybody.\n", c.Out, size(len(d.Zip)))
	}
	return nil
}

func (c diagnosticsCmd) show(a *app, d localapi.Diagnostics) error {
	files, err := diagnostics.Unzip(d.Zip)
	if err != nil {
		return err
	}
	for _, f := range files {
		if f.Name == c.Show {
			say(a.out, "%s", f.Content)
			return nil
		}
	}
	return usage("There is no file " + c.Show + " in it; `lockstepctl diagnostics` lists them.")
}

// size is a number of bytes as people read it.
func size(n int) string {
	const kilo = 1000
	switch {
	case n < kilo:
		return fmt.Sprintf("%d B", n)
	case n < kilo*kilo:
		return fmt.Sprintf("%.1f kB", float64(n)/kilo)
	default:
		return fmt.Sprintf("%.1f MB", float64(n)/(kilo*kilo))
	}
}
