; The setup program of Lockstep, for one user, without an administrator.
;
; Silent:  setup.exe /S [/AUTOSTART=1] [/DESKTOP=1] [/LAUNCH=0|1] [/POLICYFILE=PATH] [/D=C:\Where to]   (/D last)
; Remove:  uninstall.exe /S [/DELETEDATA=1]
; Exit codes: 0 done; 1 cancelled; 2 broken off; 3 the running program could not be ended; 4 a newer version is installed;
;             5 the secrets could not be removed.
;
; Built with: makensis -DBIN=folder -DICON=file -DOUT=file [-DWINDOWS] [-DQUICK] [-DSIGN=command]
Unicode true
Target amd64-unicode
!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include WordFunc.nsh
!include StrFunc.nsh
${StrLoc}
${UnStrLoc}

!define UNKEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\@ID@"
!define RUNKEY "Software\Microsoft\Windows\CurrentVersion\Run"
!define APPROVEDKEY "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
!define APPKEY "Software\@NAME@"
!define TOASTKEY "Software\Classes\AppUserModelId\@ID@"

Name "@NAME@"
OutFile "${OUT}"
RequestExecutionLevel user
AllowSkipFiles off ; a silent setup would leave out what it cannot write, and end well
InstallDir "$LOCALAPPDATA\Programs\@NAME@"
InstallDirRegKey HKCU "${APPKEY}" "InstallDir"
!ifdef QUICK
SetCompressor zlib
!else
SetCompressor /SOLID lzma
SetCompressorDictSize 64
!endif
ManifestDPIAware true
ManifestSupportedOS all
VIProductVersion "@FOUR@"
VIAddVersionKey /LANG=1033 "ProductName" "@NAME@"
VIAddVersionKey /LANG=1033 "ProductVersion" "@VERSION@"
VIAddVersionKey /LANG=1033 "FileDescription" "@NAME@ Setup"
VIAddVersionKey /LANG=1033 "FileVersion" "@FOUR@"
VIAddVersionKey /LANG=1033 "CompanyName" "@PUBLISHER@"
VIAddVersionKey /LANG=1033 "LegalCopyright" "@PUBLISHER@, @LICENSE@"
!ifdef SIGN
!uninstfinalize '${SIGN} "%1"' = 0
!finalize '${SIGN} "%1"' = 0
!endif

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_COMPONENTSPAGE_NODESC
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN "$INSTDIR\lockstep.exe"
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "Dutch"
!insertmacro MUI_LANGUAGE "Finnish"
!insertmacro MUI_LANGUAGE "Swedish"
!insertmacro MUI_LANGUAGE "Norwegian"
!insertmacro MUI_LANGUAGE "Danish"
!insertmacro MUI_LANGUAGE "German"
!include languages.nsh

Var WasRunning

; EndRunning asks the running programs to end, waits, and takes them away only when they do not. $0 is 1 when a program
; still runs. UN is "" or "Un": NSIS keeps functions of the uninstaller apart.
!macro EndRunning UN
  StrCpy $WasRunning 0
  ${If} ${FileExists} "$INSTDIR\lockstepctl.exe"
    nsExec::ExecToStack '"$INSTDIR\lockstepctl.exe" quit --wait 60s'
    Pop $0
    Pop $1
    ${${UN}StrLoc} $2 "$1" "has ended" ">"
    ${If} $2 != ""
      StrCpy $WasRunning 1
    ${EndIf}
  ${EndIf}
  ${If} ${FileExists} "$INSTDIR\lockstep-window.exe"
    nsExec::Exec 'taskkill /IM lockstep-window.exe'
    Pop $0
  ${EndIf}
  StrCpy $0 1
  ${For} $1 1 40
    !insertmacro Writable "$INSTDIR\lockstep.exe"
    ${If} $0 == 0
      !insertmacro Writable "$INSTDIR\lockstep-window.exe"
    ${EndIf}
    ${If} $0 == 0 ; what somebody does on the command line is waited for, never taken away
      !insertmacro Writable "$INSTDIR\lockstepctl.exe"
    ${EndIf}
    ${If} $0 == 0
      ${ExitFor}
    ${EndIf}
    ${If} $1 == 30 ; it has no office open, or does not answer: nothing that was begun is lost by ending it
      nsExec::Exec 'taskkill /F /IM lockstep-window.exe'
      Pop $2
      nsExec::Exec 'taskkill /F /IM lockstep.exe'
      Pop $2
    ${EndIf}
    Sleep 250
  ${Next}
!macroend

; LeaveRunning gives up: nothing was changed, and what was ended runs again.
!macro LeaveRunning
  ${If} $WasRunning == 1
    Exec '"$INSTDIR\lockstep.exe" --minimized'
  ${EndIf}
  SetErrorLevel 3
  ${IfNot} ${Silent}
    MessageBox MB_OK|MB_ICONSTOP "$(STILL_RUNNING)"
  ${EndIf}
  Quit
!macroend

; Writable sets $0 to 0 when a file can be replaced, or is not there.
!macro Writable FILE
  StrCpy $0 0
  ${If} ${FileExists} "${FILE}"
    ClearErrors
    FileOpen $3 "${FILE}" a
    ${If} ${Errors}
      StrCpy $0 1
    ${Else}
      FileClose $3
    ${EndIf}
  ${EndIf}
!macroend

Section "@NAME@" SecMain
  SectionIn RO
  !insertmacro EndRunning ""
  ${If} $0 != 0
    !insertmacro LeaveRunning
  ${EndIf}
  SetOutPath "$INSTDIR"
  File "${BIN}/lockstep.exe"
  File "${BIN}/lockstepctl.exe"
!ifdef WINDOWS
  File "${BIN}/lockstep-window.exe"
!endif
  ClearErrors
  WriteUninstaller "$INSTDIR\uninstall.exe"
  ${If} ${Errors}
    Abort
  ${EndIf}
  CreateShortCut "$SMPROGRAMS\@NAME@.lnk" "$INSTDIR\lockstep.exe" "" "$INSTDIR\lockstep.exe" 0
  WriteRegStr HKCU "${APPKEY}" "InstallDir" "$INSTDIR"
  WriteRegStr HKCU "${TOASTKEY}" "DisplayName" "@NAME@"
  WriteRegStr HKCU "${TOASTKEY}" "IconUri" "$INSTDIR\lockstep.exe"
  WriteRegStr HKCU "${UNKEY}" "DisplayName" "@NAME@"
  WriteRegStr HKCU "${UNKEY}" "DisplayVersion" "@VERSION@"
  WriteRegStr HKCU "${UNKEY}" "Publisher" "@PUBLISHER@"
  WriteRegStr HKCU "${UNKEY}" "DisplayIcon" "$INSTDIR\lockstep.exe"
  WriteRegStr HKCU "${UNKEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNKEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNKEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNKEY}" "NoModify" 1
  WriteRegDWORD HKCU "${UNKEY}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD HKCU "${UNKEY}" "EstimatedSize" "$0"
  ${GetParameters} $R0
  ClearErrors
  ${GetOptions} $R0 "/POLICYFILE=" $R1
  ${IfNot} ${Errors}
    WriteRegStr HKCU "${APPKEY}" "PolicyFile" "$R1"
  ${EndIf}
SectionEnd

Section /o "$(AT_SIGN_IN)" SecAutostart
  ; What is there may have a delay or a home folder that its user has chosen.
  ReadRegStr $R1 HKCU "${RUNKEY}" "@NAME@"
  ${StrLoc} $R2 "$R1" "$INSTDIR\lockstep.exe" ">"
  ${If} $R2 == ""
    WriteRegStr HKCU "${RUNKEY}" "@NAME@" '"$INSTDIR\lockstep.exe" --minimized'
  ${EndIf}
SectionEnd

Section /o "$(ON_DESKTOP)" SecDesktop
  CreateShortCut "$DESKTOP\@NAME@.lnk" "$INSTDIR\lockstep.exe" "" "$INSTDIR\lockstep.exe" 0
SectionEnd

; What ran before runs again; a silent installation starts it where it was told to.
Section "-start"
  ${GetParameters} $R0
  StrCpy $R1 $WasRunning
  ClearErrors
  ${GetOptions} $R0 "/LAUNCH=" $R2
  ${IfNot} ${Errors}
    StrCpy $R1 $R2
  ${EndIf}
  ${If} $R1 == 1
    Exec '"$INSTDIR\lockstep.exe" --minimized'
  ${EndIf}
SectionEnd

; Choose switches a section by an option of the command line, else as it was installed before.
!macro Choose OPTION SECTION BEFORE
  ClearErrors
  ${GetOptions} $R0 "${OPTION}" $R1
  ${If} ${Errors}
    StrCpy $R1 "${BEFORE}"
  ${EndIf}
  ${If} $R1 == 1
    SectionSetFlags ${SECTION} ${SF_SELECTED}
  ${EndIf}
  ${If} $R1 == 0
    SectionSetFlags ${SECTION} 0
  ${EndIf}
!macroend

Function .onInit
  ReadRegStr $R2 HKCU "${UNKEY}" "DisplayVersion"
  ${If} $R2 != ""
    ${VersionCompare} "$R2" "@VERSION@" $R3
    ${If} $R3 == 1
      SetErrorLevel 4
      ${IfNot} ${Silent}
        MessageBox MB_OK|MB_ICONSTOP "$(NEWER_IS_THERE)"
      ${EndIf}
      Quit
    ${EndIf}
  ${EndIf}
  ${GetParameters} $R0
  StrCpy $R4 ""
  ReadRegStr $R3 HKCU "${RUNKEY}" "@NAME@"
  ${If} $R3 != ""
    StrCpy $R4 1
  ${EndIf}
  !insertmacro Choose "/AUTOSTART=" ${SecAutostart} $R4
  StrCpy $R4 ""
  ${If} ${FileExists} "$DESKTOP\@NAME@.lnk"
    StrCpy $R4 1
  ${EndIf}
  !insertmacro Choose "/DESKTOP=" ${SecDesktop} $R4
FunctionEnd

Var DeleteData

Function un.onInit
  StrCpy $DeleteData 0
  ${GetParameters} $R0
  ClearErrors
  ${GetOptions} $R0 "/DELETEDATA=" $R1
  ${IfNot} ${Errors}
    StrCpy $DeleteData $R1
  ${EndIf}
FunctionEnd

Section "Uninstall"
  ${IfNot} ${Silent}
    MessageBox MB_YESNOCANCEL|MB_ICONQUESTION|MB_DEFBUTTON2 "$(DELETE_DATA)" IDYES delete IDNO keep
      SetErrorLevel 1
      Quit
    delete:
      StrCpy $DeleteData 1
    keep:
  ${EndIf}
  !insertmacro EndRunning "Un"
  ${If} $0 != 0
    !insertmacro LeaveRunning
  ${EndIf}
  DeleteRegValue HKCU "${RUNKEY}" "@NAME@"
  DeleteRegValue HKCU "${APPROVEDKEY}" "@NAME@"
  ; What signs in goes always; the keys of the store only with the store.
  ${If} $DeleteData == 1
    nsExec::ExecToStack '"$INSTDIR\lockstepctl.exe" secret clear --keys'
  ${Else}
    nsExec::ExecToStack '"$INSTDIR\lockstepctl.exe" secret clear'
  ${EndIf}
  Pop $0
  Pop $1
  ${If} $0 != 0
    ${IfNot} ${Silent}
      MessageBox MB_OK|MB_ICONEXCLAMATION "$(SECRETS_STAY)$\r$\n$\r$\n$1"
    ${EndIf}
    SetErrorLevel 5
  ${ElseIf} $DeleteData == 1
    RMDir /r "$LOCALAPPDATA\@NAME@"
  ${EndIf}
  Delete "$INSTDIR\lockstep.exe"
  Delete "$INSTDIR\lockstepctl.exe"
  Delete "$INSTDIR\lockstep-window.exe"
  Delete "$INSTDIR\uninstall.exe"
  ; The window's toolkit notes there what nobody has asked it to keep.
  RMDir /r "$APPDATA\fyne\@ID@"
  RMDir "$APPDATA\fyne"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\@NAME@.lnk"
  Delete "$DESKTOP\@NAME@.lnk"
  DeleteRegKey HKCU "${UNKEY}"
  DeleteRegKey HKCU "${APPKEY}"
  DeleteRegKey HKCU "${TOASTKEY}"
SectionEnd
