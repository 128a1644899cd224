package main

import (
	"context"

	"lockstep/sync/localapi"
)

type addressbooksCmd struct {
	URL  string `arg:"" optional:"" help:"Address of the offline address book, such as https://mail.example.com/OAB/GUID/; else oab_url of the settings."`
	JSON bool   `help:"Print JSON."`
}

// Help says what is read and what is not.
func (addressbooksCmd) Help() string {
	return `It signs in at the address and reads the manifest (oab.xml) there, which proves that the address is right. The lists
themselves are not read: people are looked up in the directory. "lockstepctl discover ADDRESS" finds the address.`
}

// Run lists the books.
func (c addressbooksCmd) Run(ctx context.Context, a *app) error {
	agent, done, err := a.agent(ctx)
	if err != nil {
		return err
	}
	defer done()
	books, err := agent.AddressBooks(ctx, localapi.AddressBooksRequest{URL: c.URL})
	if err != nil {
		return err
	}
	if c.JSON {
		return a.asJSON(books)
	}
	if len(books) == 0 {
		say(a.out, "There is an offline address book at this address, and no list in it.\n")
		return nil
	}
	var rows [][]string
	for _, b := range books {
		rows = append(rows, []string{b.Name, size(int(b.Size)), size(int(b.Unpacked)), b.ID})
	}
	table(a.out, "", []column{{"Address book", 44}, {"Packed", 0}, {"Unpacked", 0}, {"Id", 0}}, rows)
	return nil
}
