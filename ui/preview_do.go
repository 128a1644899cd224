package ui

import (
	"context"
	"fmt"
	"io"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// writeAll does what the main button names.
func (p *preview) writeAll() {
	if p.busy {
		return
	}
	q := localapi.SyncRequest{Digest: p.board.view.Preview.Digest, Except: p.board.view.Except()}
	p.quiet()
	p.writes = true
	p.bar.Set(0, 1)
	p.begin(say.T("Writing. What is written already stays if you stop."))
	p.foot.SetText(say.T("Starting"))
	background(p.w, func(ctx context.Context) (localapi.Summary, error) { return p.w.Agent.Sync(ctx, q) },
		func(sum localapi.Summary, err error) {
			p.busy, p.writes, p.wrote = false, false, true
			if err != nil {
				p.fail(err)
				p.note.SetText(p.board.view.PreviewNote(p.w.Now(), p.wrote))
				p.dress()
				return
			}
			r := model.ResultOf(sum)
			tone, icon := part.ToneGood, "ok"
			if r.Bad {
				tone, icon = part.ToneWarning, "attention"
			}
			p.say(part.Banner(tone, icon, r.What, r.Why))
			p.ask(false) // what is left to do
		})
}

// stop ends the writing after the requests in hand, which may hold many entries each.
func (p *preview) stop() {
	p.halt.SetUsable(false)
	p.foot.SetText(say.T("Stopping once what is on its way is written"))
	background(p.w, func(ctx context.Context) (struct{}, error) { return struct{}{}, p.w.Agent.Stop(ctx) },
		func(struct{}, error) { p.halt.SetUsable(true) })
}

// choose says something about rows, one after the other, and reads again: what
// the plan makes of it is shown before anything is written.
func (p *preview) choose(rows []localapi.Row, addresses []string, c model.RowChoice) {
	if p.busy {
		return
	}
	p.quiet()
	p.begin(say.N("Noting down the choice.", "Noting down the choice for {{.N}} entries.", len(rows)))
	background(p.w, func(ctx context.Context) (int, error) {
		for i, r := range rows {
			q := localapi.ResolveRequest{ID: r.ID, Who: []string{addresses[i]}, Choice: c.Choice, Partner: c.Partner}
			if _, err := p.w.Agent.Resolve(ctx, q); err != nil {
				return i, err
			}
		}
		return len(rows), nil
	}, func(_ int, err error) {
		p.busy = false
		if err != nil {
			p.fail(err)
		}
		p.ask(false)
	})
}

// save writes the preview as a table.
func (p *preview) save() {
	shown := p.board.view.Preview
	name := fmt.Sprintf("lockstep-preview-%s.csv", p.w.Now().Format("2006-01-02"))
	saveAs(p.w, name, func(to io.Writer) error { return model.CSV(to, shown) }, func(err error) {
		if err != nil {
			p.say(part.Banner(part.ToneWarning, "attention", say.T("The table could not be written."),
				say.T("Choose another folder, or make room on the disk.")))
		}
	})
}
