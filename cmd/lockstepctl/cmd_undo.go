package main

import (
	"context"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
)

type undoCmd struct {
	Number  int64  `arg:"" optional:"" name:"run" help:"Number of the run, as history shows it; without one, the newest run of --person."`
	Person  string `help:"The person whose run it was." placeholder:"EMAIL"`
	Item    string `help:"Only this entry: the number before a line of lockstepctl history RUN, or the entry's id." placeholder:"ID"`
	Preview bool   `help:"Show what would be done and what cannot come back. Nothing is written." xor:"mode"`
	Approve string `help:"Do what the preview with this digest showed, and nothing else." placeholder:"DIGEST" xor:"mode"`
	All     bool   `help:"Do not shorten long lists."`
	JSON    bool   `help:"Print JSON."`
}

// Help says what an undo is.
func (undoCmd) Help() string {
	return `What the run made is deleted, what it deleted comes back, and what it changed gets its old values,
as long as nobody has changed it since. What cannot come back is listed first, with the reason.
In Exchange an entry comes back from Deleted Items as it was, with its attachments. Severa deletes
for good: there an entry is made anew from what Lockstep remembers of it, for 30 days.

Afterwards these entries are on hold: they are left as they are until somebody changes one of them
or you release it with resolve. An undo is a run like any other, so it can be undone too.`
}

// Run undoes a run, or shows what that would do.
func (c undoCmd) Run(ctx context.Context, a *app) error {
	if c.Number == 0 && c.Person == "" {
		return usage("Name a run (see `lockstepctl history`), or --person EMAIL for that person's newest one.")
	}
	agent, done, err := a.agent(ctx)
	if err != nil {
		return err
	}
	defer done()
	q := localapi.UndoRequest{Run: c.Number, Who: c.Person, Item: c.Item, Digest: c.Approve}
	stop := a.showProgress(ctx, agent, "Undoing", c.JSON)
	var u localapi.Undo
	if c.Preview {
		u, err = agent.PreviewUndo(ctx, q)
	} else {
		u, err = agent.Undo(ctx, q)
	}
	stop()
	if err != nil {
		return err
	}
	if c.JSON {
		err = a.asJSON(u)
	} else {
		c.show(a, u)
	}
	if err == nil && u.Trouble != nil {
		err = exitError(exitFailed)
	}
	return err
}

func (c undoCmd) show(a *app, u localapi.Undo) {
	say(a.out, "%s <%s>\n", u.Name, u.Address)
	c.list(a, "Stays as it is:", u.Lost)
	c.list(a, "People were told of these by mail, which cannot be taken back:", u.Mailed)
	if u.Trouble != nil {
		paragraph(a.out, "  ", model.Trouble(*u.Trouble).String())
	}
	if !c.Preview {
		say(a.out, "  %s\n", model.UndoLine(u))
		return
	}
	c.list(a, "Would be undone:", u.Rows)
	if u.Digest == "" {
		say(a.out, "  nothing to undo\n")
		return
	}
	say(a.out, "\nNothing has been written. To do exactly this: lockstepctl undo %d --approve %s\n", u.Run, u.Digest)
}

func (c undoCmd) list(a *app, head string, rows []localapi.Row) {
	if len(rows) == 0 {
		return
	}
	say(a.out, "  %s\n", head)
	g := model.Group{}
	g.Rows, g.Counts = model.Rows(rows)
	table(a.out, "  ", []column{{"What", 19}, {"When", 21}, {"Entry", 26}, {"Why", 0}}, shorten(g, c.All, false))
}
