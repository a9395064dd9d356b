"""The rules that Home Assistant's and HACS's own checks hold an integration to.

Those checks need a checkout of Home Assistant and the net; these need neither. Each
module has one `check`, which returns what is wrong, in sentences. So that no rule here
is one that nobody else has, all of Home Assistant's own integrations must pass, too.

Source: script.hassfest of home-assistant/core; hacs/integration, validation actions.
"""
