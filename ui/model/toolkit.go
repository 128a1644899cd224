package model

import "lockstep/ui/say"

// ToolkitTexts are what Fyne's own dialogs and menus say, by the keys that Fyne
// has for them.
func ToolkitTexts() map[string]string {
	return map[string]string{
		"Advanced": say.T("Advanced"), "Cancel": say.T("Cancel"), "Confirm": say.T("Confirm"), "Copy": say.T("Copy"),
		"Create Folder": say.T("Create folder"), "Cut": say.T("Cut"), "Enter filename": say.T("Enter a file name"), "Error": say.T("Error"),
		"Favourites": say.T("Favourites"), "File": say.T("File"), "Folder": say.T("Folder"), "New Folder": say.T("New folder"), "No": say.T("No"),
		"OK": say.T("OK"), "Open": say.T("Open"), "Paste": say.T("Paste"), "Quit": say.T("Quit"), "Redo": say.T("Redo"), "Save": say.T("Save"),
		"Select all": say.T("Select all"), "Show Hidden Files": say.T("Show hidden files"), "Undo": say.T("Undo"), "Yes": say.T("Yes"),
		"file.name": say.T("Name"), "file.parent": say.T("Parent folder"),
	}
}
