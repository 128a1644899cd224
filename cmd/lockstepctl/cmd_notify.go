package main

import (
	"context"
	"fmt"
	"strconv"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
)

type notifyCmd struct {
	Number int64  `arg:"" optional:"" name:"run" help:"Number of the run, as history shows it; without one, the newest run of --person."`
	Person string `help:"The person whose run it was." placeholder:"EMAIL"`
	Item   string `help:"Only this entry: the number before a line of lockstepctl history RUN, or the entry's id." placeholder:"ID"`
	Send   int    `help:"Send the mails: how many people that is, as it was shown. Without this nothing is sent." placeholder:"COUNT"`
	JSON   bool   `help:"Print JSON."`
}

// Help says what is sent to whom.
func (notifyCmd) Help() string {
	return `Unless send_meeting_requests is on, nobody is mailed when a meeting is moved or called off. This lists the
meetings of a run whose people from outside the office were not told, and with --send mails these people, in
the organiser's name: what the meeting is called, and when and where it is now. Colleagues get no mail, the
entry is not touched, and each change is told at most once; history says who had it told, and when.`
}

// Run lists who was not told, or tells them.
func (c notifyCmd) Run(ctx context.Context, a *app) error {
	if c.Number == 0 && c.Person == "" {
		return usage("Name a run (see `lockstepctl history`), or --person EMAIL for that person's newest one.")
	}
	if c.Send < 0 {
		return usage("--send wants the number of people that was shown.")
	}
	agent, done, err := a.agent(ctx)
	if err != nil {
		return err
	}
	defer done()
	q := localapi.NoticeRequest{Run: c.Number, Who: c.Person, Item: c.Item, People: c.Send, By: whoami(), Words: model.TellWords()}
	var n localapi.Notices
	if c.Send == 0 {
		n, err = agent.Notices(ctx, q)
	} else {
		n, err = agent.Notify(ctx, q)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		err = a.asJSON(n)
	} else {
		c.show(a, n)
	}
	if err == nil && n.Trouble != nil {
		err = exitError(exitFailed)
	}
	return err
}

func (c notifyCmd) show(a *app, n localapi.Notices) {
	say(a.out, "%s <%s>\n", n.Name, n.Address)
	if n.Trouble != nil {
		paragraph(a.out, "  ", model.Trouble(*n.Trouble).String())
	}
	if len(n.Items) == 0 {
		say(a.out, "  everybody was told, or nobody from outside the office was concerned\n")
		return
	}
	var rows [][]string
	for _, x := range n.Items {
		rows = append(rows, []string{strconv.FormatInt(x.Number, 10), model.TellWhat(x), model.When(x.Entry), model.Subject(x.Entry), model.TellState(x)})
	}
	table(a.out, "  ", []column{{"Item", 0}, {"What", 0}, {"When", 21}, {"Entry", 26}, {"People outside the office", 0}}, rows)
	if n.People > 0 {
		item := ""
		if c.Item != "" {
			item = " --item " + c.Item
		}
		say(a.out, "\nNothing has been sent. To mail %s: lockstepctl notify %d%s --send %d\n", peopleCount(n.People), n.Run, item, n.People)
	}
}

func peopleCount(n int) string {
	if n == 1 {
		return "this one person"
	}
	return fmt.Sprintf("these %d people", n)
}
