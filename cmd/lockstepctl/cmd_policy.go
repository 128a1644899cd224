package main

import (
	"lockstep/cmd/internal/policy"
	"lockstep/cmd/internal/wire"
)

type policyCmd struct {
	Show policyShowCmd `cmd:"" default:"withargs" help:"Show each setting that a policy can fix: its value, and where that comes from."`
}

type policyShowCmd struct {
	JSON bool `help:"Print JSON."`
}

// Help explains where policies are read from.
func (policyCmd) Help() string {
	return `An administrator fixes settings by a policy, which says the same as an office.toml in the same words. The
machine's policy wins over the user's, and that over the office's own settings. What is fixed cannot be changed by
any command. A policy is read when Lockstep starts.

  Linux    /etc/lockstep/policy.toml; for one user /etc/lockstep/users/NAME.toml
  Windows  HKLM and HKCU Software\Policies\Lockstep, as the templates (ADMX) in the ZIP write them, and a file that
           a value PolicyFile there names
  macOS    /Library/Application Support/Lockstep/policy.toml and users/NAME.toml there

A policy that cannot be read or has a mistake stops Lockstep: what it was meant to forbid is not known then.`
}

// Run shows what holds. It needs no office that is set up.
func (c policyShowCmd) Run(a *app) error {
	set, err := a.policies()
	if err != nil {
		return err
	}
	home, err := a.place()
	if err != nil {
		return err
	}
	all, err := wire.Holdings(set, wire.StoredSettings(home))
	if err != nil {
		return err
	}
	if c.JSON {
		return a.asJSON(all)
	}
	rows := make([][]string, len(all))
	for i, h := range all {
		value, from := h.Value, h.From
		if value == "" {
			value = "-"
		}
		if h.Where != "" {
			from += ", " + h.Where
		}
		rows[i] = []string{h.Key, value, from}
	}
	table(a.out, "", []column{{head: "Setting", most: 30}, {head: "Value", most: 40}, {head: "From"}}, rows)
	return nil
}

// noPolicy is for the demo, whose office is nobody's.
func noPolicy() (policy.Set, error) { return policy.Set{}, nil }
