package main

import (
	"io"

	"github.com/alecthomas/kong"

	"lockstep/cmd/internal/version"
	"lockstep/cmd/lockstepctl/internal/manual"
)

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"Which shell."`
}

// Run prints a completion for the shell to read.
func (c completionCmd) Run(a *app, k *kong.Context) error {
	write := map[string]func(*kong.Application) string{"bash": manual.Bash, "zsh": manual.Zsh, "fish": manual.Fish}
	_, err := io.WriteString(a.out, write[c.Shell](k.Model))
	return err
}

type manCmd struct {
	Date string `help:"The day that the page shows."`
}

// Run prints the manual page.
func (c manCmd) Run(a *app, k *kong.Context) error {
	_, err := io.WriteString(a.out, manual.Page(k.Model, version.Number, c.Date))
	return err
}
