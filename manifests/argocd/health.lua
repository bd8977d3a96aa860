-- Health of an AgentOrchestrator for Argo CD, by the rules of kstatus:
-- https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md
-- One difference: kstatus calls an object that no controller has looked at yet Current; here it is Progressing.
local function health(status, message)
  return { status = status, message = message }
end

if obj.metadata.deletionTimestamp ~= nil then
  return health("Progressing", "Being deleted")
end
if obj.status == nil or obj.status.observedGeneration == nil then
  return health("Progressing", "Waiting for the operator")
end
if obj.metadata.generation ~= nil and obj.status.observedGeneration ~= obj.metadata.generation then
  return health("Progressing", "Waiting for the operator to see the last change")
end

local ready = nil
for _, condition in ipairs(obj.status.conditions or {}) do
  if condition.type == "Reconciling" and condition.status == "True" then
    return health("Progressing", condition.message)
  end
  if condition.type == "Stalled" and condition.status == "True" then
    return health("Degraded", condition.message)
  end
  if condition.type == "Ready" then
    ready = condition
  end
end

if ready ~= nil and ready.status ~= "True" then
  return health("Progressing", ready.message)
end
return health("Healthy", ready ~= nil and ready.message or "")
