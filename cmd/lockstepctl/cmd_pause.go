package main

import (
	"context"
	"time"

	"lockstep/ui/model"
)

type pauseCmd struct {
	For string `arg:"" optional:"" enum:"1h,2h,4h,tomorrow,until-resume" default:"1h" help:"How long: 1h, 2h, 4h, tomorrow (until 6 in the morning) or until-resume."`
}

// forever is a pause that nobody has set an end to.
const forever = 100 * 365 * 24 * time.Hour

// morning is when a pause until tomorrow ends.
const morning = 6

// until is when the pause ends.
func (c pauseCmd) until(now time.Time) time.Time {
	switch c.For {
	case "tomorrow":
		y, m, d := now.Local().Date()
		return time.Date(y, m, d+1, morning, 0, 0, 0, time.Local)
	case "until-resume":
		return now.Add(forever)
	}
	d, err := time.ParseDuration(c.For)
	if err != nil {
		d = time.Hour // the words above are the only ones
	}
	return now.Add(d)
}

// Run pauses the office.
func (c pauseCmd) Run(ctx context.Context, a *app) error {
	agent, done, err := a.agent(ctx)
	if err != nil {
		return err
	}
	defer done()
	until := c.until(a.now())
	if err := agent.Pause(ctx, until); err != nil {
		return err
	}
	end := "until " + until.Local().Format("Mon 15:04")
	if c.For == "until-resume" {
		end = "until you type `lockstepctl unpause`"
	}
	say(a.out, "Paused %s. Nothing is read or written by itself; `lockstepctl sync --once` still works.\n", end)
	return nil
}

type unpauseCmd struct{}

// Run ends the pause.
func (unpauseCmd) Run(ctx context.Context, a *app) error {
	agent, done, err := a.agent(ctx)
	if err != nil {
		return err
	}
	defer done()
	if err := agent.Pause(ctx, time.Time{}); err != nil {
		return err
	}
	s, err := agent.Status(ctx, 0)
	if err != nil {
		return err
	}
	say(a.out, "The pause is over. %s.\n", model.HealthLine(s))
	return nil
}
