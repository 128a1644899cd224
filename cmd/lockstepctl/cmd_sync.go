package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"lockstep/cmd/internal/explain"
	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/sync/plan"
	"lockstep/ui/model"
)

type previewCmd struct {
	Person []string `help:"Only this person; may be given several times." placeholder:"EMAIL"`
	Full   bool     `help:"Read both calendars whole instead of asking what changed."`
	All    bool     `help:"Do not shorten long lists."`
	JSON   bool     `help:"Print JSON."`
	Choose []string `help:"Make a durable choice about a row first: ROW=never, ROW=separate, ROW=pair:OTHER (a candidate's number, another row or the id of an entry), or ROW=clear to take it back. May be given several times." placeholder:"ROW=CHOICE"`
	CSV    string   `name:"csv" help:"Write it as a table for a spreadsheet to this file as well." placeholder:"FILE" type:"path"`
}

// Run shows what a sync would do.
func (c previewCmd) Run(ctx context.Context, a *app) error {
	agent, done, err := a.agent(ctx)
	if err != nil {
		return err
	}
	defer done()
	if err := c.choose(ctx, a, agent); err != nil {
		return err
	}
	stop := a.showProgress(ctx, agent, "Reading calendars", c.JSON)
	p, err := agent.Preview(ctx, localapi.PreviewRequest{Who: c.Person, Full: c.Full})
	stop()
	if err != nil {
		return err
	}
	if c.CSV != "" {
		if err := writeCSV(c.CSV, p); err != nil {
			return err
		}
	}
	if c.JSON {
		if err := a.asJSON(p); err != nil {
			return err
		}
	} else {
		groups(a.out, model.Groups(p), c.All, true)
		if p.Digest != "" {
			say(a.out, "\nNothing has been written. To do exactly this: lockstepctl sync --once --approve %s\n", p.Digest)
		}
	}
	return previewCode(p)
}

// choose makes the choices about rows of the last preview. Those before one
// that cannot be made stand.
func (c previewCmd) choose(ctx context.Context, a *app, agent localapi.Agent) error {
	var asked []localapi.ResolveRequest
	for _, s := range c.Choose {
		row, word, _ := strings.Cut(s, "=")
		word, other, _ := strings.Cut(word, ":")
		choice, known := map[string]plan.Choice{
			"never": plan.NeverSync, "separate": plan.KeepSeparate, "pair": plan.PairWith, "clear": plan.Clear,
		}[word]
		if row == "" || !known || (choice == plan.PairWith) != (other != "") {
			return usage("--choose takes ROW=never, ROW=separate, ROW=pair:OTHER or ROW=clear, not " + strconv.Quote(s) + ".")
		}
		asked = append(asked, localapi.ResolveRequest{ID: row, Who: c.Person, Choice: choice.String(), Partner: other})
	}
	for _, q := range asked {
		r, err := agent.Resolve(ctx, q)
		if err != nil {
			return err
		}
		if !c.JSON {
			say(a.out, "%s: %s\n", model.QuestionName(r.Question), model.Effect(r.Question, q.Choice))
		}
	}
	if len(asked) > 0 && !c.JSON {
		say(a.out, "The next sync acts on it. What it would do now:\n\n")
	}
	return nil
}

// writeCSV leaves a file that only its owner reads: it holds calendar text.
func writeCSV(path string, p localapi.Preview) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return usage(path + " cannot be written: " + explain.Root(err).Error() + ".")
	}
	if err := errors.Join(model.CSV(f, p), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// previewCode is the exit code of what a preview shows.
func previewCode(p localapi.Preview) error {
	code := exitOK
	for _, person := range p.People {
		switch {
		case stopped(person.Halt):
			code = exitHalted
		case person.Trouble != nil && !person.Guest && code == exitOK:
			code = exitFailed
		}
	}
	if code != exitOK {
		return exitError(code)
	}
	return nil
}

// stopped tells a stop for safety from a calendar that could not be opened,
// which is a failure like others.
func stopped(halt *plan.Reason) bool {
	return halt != nil && halt.Code != plan.CalendarRefused
}

type syncCmd struct {
	Once         bool     `help:"Sync once and end. (For a loop see run.)"`
	Person       []string `help:"Only this person; may be given several times." placeholder:"EMAIL"`
	Approve      string   `help:"Approve what the preview with this digest showed, and nothing else." placeholder:"DIGEST" xor:"approve"`
	ApproveFirst bool     `help:"Approve first syncs, whatever they hold." xor:"approve"`
	Full         bool     `help:"Read both calendars whole instead of asking what changed."`
	JSON         bool     `help:"Print JSON."`
}

// syncReport is what sync --json prints.
type syncReport struct {
	localapi.Summary
	// Preview is what waits for approval.
	Preview *localapi.Preview `json:"preview,omitempty"`
}

// Run brings everybody in step once.
func (c syncCmd) Run(ctx context.Context, a *app) error {
	if !c.Once {
		return usage("Add --once to sync once, or type `lockstepctl run` to keep everybody in step.")
	}
	agent, done, err := a.agent(ctx)
	if err != nil {
		return err
	}
	defer done()
	stop := a.showProgress(ctx, agent, "Syncing", c.JSON)
	s, err := agent.Sync(ctx, localapi.SyncRequest{
		Who: c.Person, Digest: c.Approve, ApproveFirst: c.ApproveFirst, Full: c.Full,
	})
	stop()
	if err != nil {
		return err
	}
	report := syncReport{Summary: s}
	if s.Unapproved {
		p, err := agent.Preview(ctx, localapi.PreviewRequest{Who: c.Person})
		if err != nil {
			return err
		}
		report.Preview = &p
	}
	if c.JSON {
		if err := a.asJSON(report); err != nil {
			return err
		}
	} else {
		a.report(report)
	}
	return syncCode(s)
}

// report writes what a sync came to.
func (a *app) report(r syncReport) {
	summary(a.out, r.Summary)
	if r.Preview == nil {
		return
	}
	say(a.out, "\nThis waits for approval:\n\n")
	groups(a.out, model.Groups(*r.Preview), false, false)
	if r.Preview.Digest != "" {
		say(a.out, "\nTo do exactly this: lockstepctl sync --once --approve %s\n", r.Preview.Digest)
	}
}

// syncCode is the exit code of what a sync came to: the gravest of everybody's.
func syncCode(s localapi.Summary) error {
	code := exitOK
	if s.Unapproved {
		code = exitApproval
	}
	for _, p := range s.People {
		if p.Lease.State == office.LeaseStandby && (code == exitOK || code == exitApproval) {
			code = exitStandby
			if p.Trouble != nil && p.Trouble.Kind == office.FailedLease {
				continue
			}
		}
		if (p.Trouble != nil || p.Halt != nil) && !p.Guest && code != exitHalted {
			code = exitFailed
		}
		if stopped(p.Halt) {
			code = exitHalted
		}
	}
	if code != exitOK {
		return exitError(code)
	}
	return nil
}
